CREATE TABLE "region_minute" (
	"region" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"watermark_age_ms" bigint NOT NULL,
	"facts_behind" bigint NOT NULL,
	"intake_pending" bigint NOT NULL,
	"dirty_skus" bigint NOT NULL,
	"events_in" bigint NOT NULL,
	"rows_out" bigint NOT NULL,
	"variances_open" bigint NOT NULL,
	"variance_value" bigint NOT NULL,
	CONSTRAINT "region_minute_region_at_pk" PRIMARY KEY("region","at")
);
--> statement-breakpoint
CREATE INDEX "region_minute_at" ON "region_minute" USING btree ("at");