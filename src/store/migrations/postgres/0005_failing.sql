-- Since when a post has failed without a success between.
ALTER TABLE delivery ADD COLUMN failing_since BIGINT;
