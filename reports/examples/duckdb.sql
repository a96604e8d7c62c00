-- How many people have an open episode of care, by age band.
-- From the lake's folder: duckdb -readonly -csv current/reports/bi/catalog.duckdb < duckdb.sql
-- From anywhere else, first: set file_search_path = '/path/to/lake';
select coalesce(age_band, 'given up') as age_band, count(distinct person_key) as people
from fact_episode
join dim_person using (person_key)
where is_open
group by all
order by all;
