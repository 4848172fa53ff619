CREATE TABLE "fact_part" (
	"part" bigserial PRIMARY KEY NOT NULL,
	"region" text NOT NULL,
	"from_sequence" bigint NOT NULL,
	"to_sequence" bigint NOT NULL,
	"count" integer NOT NULL,
	"sum" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "fact" ADD COLUMN "part" bigint;--> statement-breakpoint
CREATE INDEX "fact_of_part" ON "fact" USING btree ("part");