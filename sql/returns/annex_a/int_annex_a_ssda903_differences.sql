-- grain: collection_year, list, source_key
-- reads: annex_a_list_10, annex_a_list_8, config.return_periods, int_annex_a_windows, ssda903_ad1,
--   ssda903_episodes
-- why: what the inspectors' lists and the return of looked-after children both tell as at one day
--   is the same: who is looked after, under which legal status, where and since when, and who was
--   adopted in the year
with windows as (
    select windows.collection_year, care.year as care_year,
        greatest(windows.twelve_months_from, care.starts_on) as both_from
    from int_annex_a_windows as windows
    inner join config.return_periods as care
        on care.return_name = '903' and care.as_at = windows.as_at
),

listed as (
    select collection_year, 8 as list, period_of_care_id as source_key, legal_status,
        placement_type, person_id from annex_a_list_8 where ended_on is null
    union all
    select lists.collection_year, 10, lists.person_id, cast(null as varchar), cast(null as varchar),
        lists.person_id
    from annex_a_list_10 as lists
    inner join windows on windows.collection_year = lists.collection_year
        and lists.adopted_on >= windows.both_from
),

returned as (
    select windows.collection_year, 8 as list, episodes.period_of_care_id as source_key,
        episodes.ls as legal_status, episodes.place as placement_type, episodes.person_id
    from ssda903_episodes as episodes
    inner join windows on windows.care_year = episodes.collection_year
    where episodes.dec is null and coalesce(episodes.ls, '') not in ('V1', 'V3', 'V4')
    union all
    select windows.collection_year, 10, adopted.person_id, cast(null as varchar),
        cast(null as varchar), adopted.person_id
    from ssda903_ad1 as adopted
    inner join windows on windows.care_year = adopted.collection_year
    where adopted.date_int is not null
)

-- what both tell, but otherwise, comes from either side and is one difference
select distinct
    coalesce(listed.collection_year, returned.collection_year) as collection_year,
    coalesce(listed.list, returned.list) as list,
    coalesce(listed.source_key, returned.source_key) as source_key,
    coalesce(listed.person_id, returned.person_id) as person_id
from listed
full join returned
    on returned.collection_year = listed.collection_year and returned.list = listed.list
        and returned.source_key = listed.source_key
    and returned.legal_status is not distinct from listed.legal_status
        and returned.placement_type is not distinct from listed.placement_type
where (listed.source_key is null or returned.source_key is null)
    and coalesce(listed.collection_year, returned.collection_year)
        in (select collection_year from windows)
