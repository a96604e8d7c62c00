-- One row a pair, however many keys brought it.
create or replace table linkage.candidates as
select a, b, min(rule) as rule, min(pattern) as pattern, min(step) as step, min(weight) as weight,
    min(rarity) as rarity
from linkage.scored group by a, b;
