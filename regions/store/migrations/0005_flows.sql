-- Orders on their way through ERP and warehouses, and what is still to be tried again.
CREATE TABLE `flow` (`order_ref` text PRIMARY KEY NOT NULL, `body` text NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE `order_task` (
	`key` text PRIMARY KEY NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`error` text NOT NULL
) STRICT, WITHOUT ROWID;
