-- How many people have an open episode of care, by age band.
-- From the snapshot's folder (cd lake/current): duckdb -readonly -csv reports/bi/catalog.duckdb < duckdb.sql
-- From anywhere else, first: set file_search_path = '/path/to/lake/current';
select coalesce(age_band, 'given up') as age_band, count(distinct person_key) as people
from fact_episode
join dim_person using (person_key)
where is_open
group by all
order by min(try_cast(split_part(age_band, ' ', 1) as integer)) nulls last, 1; -- young to old
