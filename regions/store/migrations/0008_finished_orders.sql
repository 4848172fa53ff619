-- Orders that are over and were let go: 64-bit keys, eight bytes each, a row a checkpoint.
CREATE TABLE `finished_order` (
	`id` integer PRIMARY KEY NOT NULL,
	`keys` blob NOT NULL
) STRICT;
