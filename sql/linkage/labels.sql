-- Clusters begin with each record alone; an accepted pair is an edge, both ways.
create or replace table linkage.labels as select r, r as label from linkage.records;
create or replace table linkage.edges as
select a, b from linkage.decided where outcome = 'accepted' union all select b, a from linkage.decided where outcome = 'accepted';
