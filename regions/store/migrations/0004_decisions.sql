-- Batches of decisions that another writer overtook, and the answers by which a request is recognised.
CREATE TABLE `voided` (`entry` integer PRIMARY KEY NOT NULL) STRICT;
CREATE TABLE `remembered_answer` (
	`key` text PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`at` integer NOT NULL,
	`body` text NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX `remembered_answer_at` ON `remembered_answer` (`at`);
CREATE INDEX `journal_decisions` ON `journal` (`stream_sequence`) WHERE `stream` = 'DECISIONS';
