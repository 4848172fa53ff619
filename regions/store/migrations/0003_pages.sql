-- Positions in pages, names apart, and the journal's bodies last, so that its keys are read without them. The books are
-- made again from the journal at the first start.
CREATE TABLE `journal_in_order` (
	`entry` integer PRIMARY KEY NOT NULL,
	`stream` text NOT NULL,
	`stream_sequence` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`sequence_before` integer NOT NULL,
	`keys` blob NOT NULL,
	`statuses` blob NOT NULL,
	`hash` blob NOT NULL,
	`body` blob NOT NULL
) STRICT;
INSERT INTO `journal_in_order` SELECT `entry`, `stream`, `stream_sequence`, `recorded_at`, `sequence_before`, `keys`, `statuses`, `hash`, `body` FROM `journal` ORDER BY `entry`;
DROP TABLE `journal`;
ALTER TABLE `journal_in_order` RENAME TO `journal`;
DROP TABLE `position`;
DROP TABLE `demand_line`;
DROP TABLE `cancelled_order`;
DROP TABLE `supply`;
DROP TABLE `master_record`;
DELETE FROM `meta` WHERE `key` LIKE 'checkpoint.%';
CREATE TABLE `name` (`kind` integer NOT NULL, `id` integer NOT NULL, `text` text NOT NULL, PRIMARY KEY (`kind`, `id`)) STRICT, WITHOUT ROWID;
CREATE TABLE `position_page` (`page` integer PRIMARY KEY NOT NULL, `body` blob NOT NULL) STRICT;
CREATE TABLE `velocity_page` (`page` integer PRIMARY KEY NOT NULL, `body` blob NOT NULL) STRICT;
CREATE TABLE `delta_page` (`page` integer PRIMARY KEY NOT NULL, `deltas` integer NOT NULL, `body` blob NOT NULL) STRICT;
CREATE TABLE `delta_lost` (`slot` integer PRIMARY KEY NOT NULL, `until` integer NOT NULL) STRICT;
CREATE TABLE `rival_count` (`key` text PRIMARY KEY NOT NULL, `body` text NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE `observation` (`slot` integer PRIMARY KEY NOT NULL, `body` text NOT NULL) STRICT;
CREATE TABLE `source_word` (`source` text PRIMARY KEY NOT NULL, `body` text NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE `master_record` (`kind` text NOT NULL, `subject` text NOT NULL, `body` text NOT NULL, PRIMARY KEY (`kind`, `subject`)) STRICT, WITHOUT ROWID;
CREATE TABLE `demand_line` (`order_ref` text NOT NULL, `line` text NOT NULL, `sku` text NOT NULL, `body` text NOT NULL, PRIMARY KEY (`order_ref`, `line`, `sku`)) STRICT, WITHOUT ROWID;
CREATE TABLE `cancelled_order` (`order_ref` text PRIMARY KEY NOT NULL, `heard_at` integer NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE `reservation` (`id` text PRIMARY KEY NOT NULL, `body` text NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE `supply` (`ref` text NOT NULL, `sku` text NOT NULL, `node` text NOT NULL, `body` text NOT NULL, PRIMARY KEY (`ref`, `sku`, `node`)) STRICT, WITHOUT ROWID;
