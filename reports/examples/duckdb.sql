-- How many episodes of care are open, by kind.
-- From the snapshot's folder (cd lake/current): duckdb -readonly -csv reports/bi/catalog.duckdb < duckdb.sql
-- From anywhere else, first: set file_search_path = '/path/to/lake/current';
select coalesce(services.kind, 'not shown') as kind, count(*) as episodes
from fact_episode
left join dim_service as services using (service_key)
where is_open
group by all
order by kind;
