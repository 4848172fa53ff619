CREATE TABLE "governed_policy" (
	"id" text PRIMARY KEY NOT NULL,
	"region" text NOT NULL,
	"kind" text NOT NULL,
	"scope" text NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"body" jsonb NOT NULL,
	"local_changes" text NOT NULL,
	"author" text NOT NULL,
	"author_name" text NOT NULL,
	"reason" text NOT NULL,
	"proposed_at" timestamp(3) with time zone NOT NULL,
	"based_on" integer NOT NULL,
	"approver" text,
	"approver_name" text,
	"decided_at" timestamp(3) with time zone,
	"decision_reason" text,
	"revision" bigint,
	"rollback_of" integer
);
--> statement-breakpoint
CREATE TABLE "policy_run" (
	"region" text PRIMARY KEY NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "governed_policy_version" ON "governed_policy" USING btree ("region","kind","scope","version");--> statement-breakpoint
CREATE UNIQUE INDEX "governed_policy_active" ON "governed_policy" USING btree ("region","kind","scope") WHERE state = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "governed_policy_revision" ON "governed_policy" USING btree ("revision");--> statement-breakpoint
CREATE INDEX "governed_policy_state" ON "governed_policy" USING btree ("state","proposed_at");