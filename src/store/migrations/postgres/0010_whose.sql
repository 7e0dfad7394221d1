-- Whom a company's conversations, or those with an attribute, are summed up for; empty for others.
-- Filled when everything is counted anew.
ALTER TABLE party ADD COLUMN company      TEXT COLLATE "C" NOT NULL DEFAULT '';  -- a name in lower case, or source/id
ALTER TABLE party ADD COLUMN company_name TEXT COLLATE "C" NOT NULL DEFAULT '';  -- as it is written
ALTER TABLE party ADD COLUMN customer     TEXT COLLATE "C" NOT NULL DEFAULT '';  -- source/id
