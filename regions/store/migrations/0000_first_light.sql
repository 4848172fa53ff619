CREATE TABLE `cancelled_order` (
	`order_ref` text PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `cursor` (
	`stream` text PRIMARY KEY NOT NULL,
	`created` text NOT NULL,
	`sequence` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `demand_line` (
	`order_ref` text NOT NULL,
	`line` text NOT NULL,
	`sku` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`order_ref`, `line`, `sku`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `exception` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`stage` text NOT NULL,
	`source` text NOT NULL,
	`class` text NOT NULL,
	`code` text NOT NULL,
	`detail` text NOT NULL,
	`attempts` integer NOT NULL,
	`status` text NOT NULL,
	`correlation_id` text NOT NULL,
	`content_type` text,
	`headers` text NOT NULL,
	`body` blob NOT NULL,
	`unknown` text NOT NULL,
	`published` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `exception_status` ON `exception` (`status`,`at`);--> statement-breakpoint
CREATE INDEX `exception_published` ON `exception` (`published`);--> statement-breakpoint
CREATE TABLE `inbound` (
	`receipt` integer PRIMARY KEY NOT NULL,
	`stream_sequence` integer NOT NULL,
	`source` text NOT NULL,
	`content_type` text,
	`headers` text NOT NULL,
	`body` blob NOT NULL,
	`received_at` integer NOT NULL,
	`correlation_id` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `journal` (
	`entry` integer PRIMARY KEY NOT NULL,
	`stream` text NOT NULL,
	`stream_sequence` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`sequence_before` integer NOT NULL,
	`body` blob NOT NULL,
	`keys` blob NOT NULL,
	`statuses` blob NOT NULL,
	`hash` blob NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `master_record` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`kind`, `subject`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `position` (
	`slot` integer PRIMARY KEY NOT NULL,
	`sku` text NOT NULL,
	`node` text NOT NULL,
	`lot` text NOT NULL,
	`on_hand` integer NOT NULL,
	`damaged` integer NOT NULL,
	`quarantined` integer NOT NULL,
	`as_of` integer NOT NULL,
	`counts` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `source_secret` (
	`source` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `supply` (
	`ref` text NOT NULL,
	`sku` text NOT NULL,
	`node` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`ref`, `sku`, `node`)
) STRICT, WITHOUT ROWID;
