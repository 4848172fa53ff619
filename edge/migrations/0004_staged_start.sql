-- A fresh start that does not fit into one push: its shards, until the last part installs all of them at once.
CREATE TABLE staged_shard (
  epoch INTEGER NOT NULL,
  version INTEGER NOT NULL,
  shard INTEGER NOT NULL,
  -- The version of the shard itself, and the rest as in `shard`.
  shard_version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (epoch, version, shard)
) STRICT;
