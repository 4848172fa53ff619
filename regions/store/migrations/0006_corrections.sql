-- Corrections as the facts about them tell: proposed, applied, rejected.
CREATE TABLE `correction` (
	`id` text PRIMARY KEY NOT NULL,
	`sku` text NOT NULL,
	`node` text NOT NULL,
	`lot` text,
	`state` text NOT NULL,
	`delta` integer NOT NULL,
	`reason` text NOT NULL,
	`author` text NOT NULL,
	`status` text NOT NULL,
	`proposed_at` integer NOT NULL,
	`limit_units` integer NOT NULL,
	`limit_scope` text,
	`decided_at` integer,
	`decided_by` text,
	`decision_reason` text,
	`correlation_id` text NOT NULL,
	`request_key` text UNIQUE,
	`request_digest` text
) STRICT;
CREATE INDEX `correction_status` ON `correction` (`status`, `id`);
