-- The hot part of each push, as its bytes: one row a push instead of a row and an index entry for each of its skus, which is what
-- D1 counts. A row has done its work when all of its shards were written since.
CREATE TABLE hot_log (
  revision INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  -- The shards that its skus are in: [1, 7, …].
  shards TEXT NOT NULL,
  -- An encoded shard of these rows alone, base64.
  body TEXT NOT NULL
) STRICT;

-- It replaces `hot`, which the Worker from before goes on with until the new one is deployed.
