-- The decisions stand in the journal: to recognise a request it is enough to know in which entry. Written in the order of the
-- journal, because keys at random places of a table would each write a page of it.
DROP TABLE `remembered_answer`;
CREATE TABLE `answered` (
	`entry` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`keys` blob NOT NULL
) STRICT;
