CREATE TABLE `source_secret` (
	`source` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL
) STRICT;
