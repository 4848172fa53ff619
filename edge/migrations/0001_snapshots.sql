-- One region's D1: the durable truth of what its edge holds. `revision` grows by one with every push that is applied,
-- so a reader that holds revision r asks for `revision > r` and misses nothing, whatever versions and epochs do.
CREATE TABLE head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  -- The revision at which everything was replaced last: what is older than that says nothing any more.
  replaced_revision INTEGER NOT NULL,
  rules_revision INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- When the region spoke, and by tier the moment at which what is held was true: {"A": ms, "B": ms, "C": ms}.
  as_of INTEGER NOT NULL,
  tier_as_of TEXT NOT NULL,
  shard_count INTEGER NOT NULL,
  rules TEXT NOT NULL
) STRICT;

-- Whole shards, base64: D1 returns a BLOB as a JSON array of numbers, which is slower from about 20 kB on.
CREATE TABLE shard (
  shard INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- Covers the question "which shards moved", so that it never touches the bodies.
CREATE INDEX shard_by_revision ON shard (revision, shard, version, digest);

-- Rows that changed since their shard was written. Clustered by shard: a whole shard that arrives drops its own.
CREATE TABLE hot (
  shard INTEGER NOT NULL,
  sku TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  inputs TEXT NOT NULL,
  PRIMARY KEY (shard, sku)
) STRICT, WITHOUT ROWID;

CREATE INDEX hot_by_revision ON hot (revision);

-- Never holds a row: the insert into it fails, and takes its whole batch back, when another push came in between.
CREATE TABLE push_guard (
  follows_on INTEGER NOT NULL CONSTRAINT push_follows_on CHECK (follows_on = 1)
) STRICT;
