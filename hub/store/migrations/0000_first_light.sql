CREATE TABLE "fact" (
	"region" text NOT NULL,
	"source" text NOT NULL,
	"id" text NOT NULL,
	"type" text NOT NULL,
	"subject" text,
	"node" text,
	"order_ref" text,
	"correlation_id" text,
	"time" timestamp(3) with time zone NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "fact_region_source_id_pk" PRIMARY KEY("region","source","id")
);
--> statement-breakpoint
CREATE TABLE "intake_cursor" (
	"stream" text PRIMARY KEY NOT NULL,
	"created" text NOT NULL,
	"sequence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "latest_heartbeat" (
	"region" text PRIMARY KEY NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "node_region" (
	"node" text PRIMARY KEY NOT NULL,
	"region" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "region_exception" (
	"region" text NOT NULL,
	"id" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"stage" text NOT NULL,
	"source" text NOT NULL,
	"class" text NOT NULL,
	"code" text NOT NULL,
	"detail" text NOT NULL,
	"attempts" integer NOT NULL,
	"status" text NOT NULL,
	"correlation_id" text NOT NULL,
	CONSTRAINT "region_exception_region_id_pk" PRIMARY KEY("region","id")
);
--> statement-breakpoint
CREATE TABLE "transfer_leg" (
	"region" text NOT NULL,
	"source" text NOT NULL,
	"id" text NOT NULL,
	"transfer" text NOT NULL,
	"sku" text NOT NULL,
	"from_node" text,
	"to_node" text NOT NULL,
	"is_shipped" boolean NOT NULL,
	"quantity" bigint NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"body" jsonb NOT NULL,
	"forwarded_at" timestamp(3) with time zone,
	CONSTRAINT "transfer_leg_region_source_id_pk" PRIMARY KEY("region","source","id")
);
--> statement-breakpoint
CREATE TABLE "variance" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"region" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"source" text,
	"sku" text,
	"node" text,
	"subject" text NOT NULL,
	"difference" bigint NOT NULL,
	"value" bigint,
	"seen" integer NOT NULL,
	"opened_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"closed_at" timestamp(3) with time zone,
	"evidence" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "fact_subject" ON "fact" USING btree ("subject","time");--> statement-breakpoint
CREATE INDEX "region_exception_status" ON "region_exception" USING btree ("status","at");--> statement-breakpoint
CREATE INDEX "transfer_leg_transfer" ON "transfer_leg" USING btree ("transfer","sku");--> statement-breakpoint
CREATE UNIQUE INDEX "variance_open" ON "variance" USING btree ("key") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "variance_state" ON "variance" USING btree ("state","updated_at");