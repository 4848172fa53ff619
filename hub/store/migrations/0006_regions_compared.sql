CREATE TABLE "item_version" (
	"sku" text NOT NULL,
	"region" text NOT NULL,
	"digest" text NOT NULL,
	"time" timestamp(3) with time zone NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "item_version_sku_region_pk" PRIMARY KEY("sku","region")
);
--> statement-breakpoint
CREATE TABLE "order_claim" (
	"order_ref" text NOT NULL,
	"region" text NOT NULL,
	"via" text NOT NULL,
	"is_open" boolean NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "order_claim_order_ref_region_via_pk" PRIMARY KEY("order_ref","region","via")
);
--> statement-breakpoint
ALTER TABLE "intake_cursor" ADD COLUMN "digest" jsonb;