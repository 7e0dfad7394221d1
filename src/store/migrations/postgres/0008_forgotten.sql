-- Who was erased, as keyed hashes: what comes in again is recognised, and nobody reads who it was.
CREATE TABLE forgotten (
    kind      TEXT COLLATE "C" NOT NULL,  -- customer, email, teammate, …
    hash      TEXT COLLATE "C" NOT NULL,  -- HMAC-SHA256 under the store's secret
    words     BIGINT NOT NULL,            -- of a name: how many words it has
    stands_as TEXT COLLATE "C" NOT NULL,  -- of an id: what takes its place
    PRIMARY KEY (kind, hash)
);
