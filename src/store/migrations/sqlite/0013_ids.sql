-- A conversation is found by its id in each source in turn: there are few sources, and many conversations
-- to keep an index of.
DROP INDEX conversation_id;
