-- HMAC-SHA-256 (RFC 2104) of a text, its first 128 bits. The key is bound into linkage.seal, so
-- that no statement spells it; the caller joins the one row of it. Who has the fingerprints and not
-- the key cannot try names against them.
create or replace macro link_print(inner_pad, outer_pad, words) as
    left(sha256(outer_pad || unhex(sha256(inner_pad || encode(words)))), 32)::uuid;
create or replace table linkage.seal (inner_pad blob, outer_pad blob);
