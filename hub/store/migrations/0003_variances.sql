CREATE TABLE "variance_step" (
	"step" bigserial PRIMARY KEY NOT NULL,
	"variance" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"what" text NOT NULL,
	"by" text NOT NULL,
	"detail" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "variance" ADD COLUMN "class" text DEFAULT 'unknown' NOT NULL;--> statement-breakpoint
ALTER TABLE "variance" ADD COLUMN "is_settled" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "variance" ADD COLUMN "is_class_due" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "variance" ADD COLUMN "tier" text;--> statement-breakpoint
ALTER TABLE "variance" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "variance" ADD COLUMN "proposal" jsonb;--> statement-breakpoint
CREATE INDEX "variance_step_variance" ON "variance_step" USING btree ("variance","step");--> statement-breakpoint
CREATE INDEX "variance_key" ON "variance" USING btree ("key");--> statement-breakpoint
CREATE INDEX "variance_updated" ON "variance" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "variance_sku" ON "variance" USING btree ("sku");--> statement-breakpoint
CREATE INDEX "variance_closed" ON "variance" USING btree ("closed_at");--> statement-breakpoint
CREATE INDEX "variance_class_due" ON "variance" USING btree ("updated_at") WHERE is_class_due;