-- Every version of every policy, written with the fact that activated it.
CREATE TABLE `policy_version` (
	`kind` text NOT NULL,
	`scope` text NOT NULL,
	`version` integer NOT NULL,
	`at` integer NOT NULL,
	`source` text NOT NULL,
	`id` text NOT NULL,
	`correlation_id` text,
	`body` text NOT NULL,
	PRIMARY KEY (`kind`, `scope`, `version`, `source`, `id`)
) STRICT, WITHOUT ROWID;
