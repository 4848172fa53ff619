CREATE TABLE "alert" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"group" text NOT NULL,
	"region" text NOT NULL,
	"subject" text NOT NULL,
	"summary" text NOT NULL,
	"labels" jsonb NOT NULL,
	"level" double precision NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"resolved_at" timestamp(3) with time zone,
	"owner" text,
	"acknowledged" jsonb,
	"is_notify_due" boolean NOT NULL,
	"notified_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_delivery" (
	"id" text PRIMARY KEY NOT NULL,
	"output" text NOT NULL,
	"message" jsonb NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"state" text NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp(3) with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "alert_silence" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text,
	"region" text,
	"subject" text,
	"until" timestamp(3) with time zone NOT NULL,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_step" (
	"step" bigserial PRIMARY KEY NOT NULL,
	"alert" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"what" text NOT NULL,
	"by" text NOT NULL,
	"detail" text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "alert_firing" ON "alert" USING btree ("key") WHERE state = 'firing';--> statement-breakpoint
CREATE INDEX "alert_state" ON "alert" USING btree ("state","updated_at");--> statement-breakpoint
CREATE INDEX "alert_notify" ON "alert" USING btree ("group") WHERE is_notify_due;--> statement-breakpoint
CREATE INDEX "alert_delivery_due" ON "alert_delivery" USING btree ("next_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "alert_delivery_at" ON "alert_delivery" USING btree ("at");--> statement-breakpoint
CREATE INDEX "alert_step_alert" ON "alert_step" USING btree ("alert","step");