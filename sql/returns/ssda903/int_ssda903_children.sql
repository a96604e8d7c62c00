-- grain: collection_year, person_id
-- reads: config.return_periods, config.ssda903_codes, ssda903_episodes
-- why: The children of each collection year, what of the year they were in care, and whether they
--   were looked after without a break from the year's first day to its last known one (short breaks
--   never count as that).
with spans as (
    select
        episodes.collection_year, episodes.person_id, episodes.child,
        min(episodes.decom) as first_decom,
        bool_and(short.code is not null) as is_only_short_breaks,
        bool_or(short.code is null and (episodes.dec is null or episodes.dec = periods.ends_on))
            as is_in_care,
        bool_or(short.code is not null) as has_short_break,
        bool_or(episodes.rne = 'S' and episodes.decom > periods.starts_on) as has_started,
        bool_or(episodes.rec is distinct from 'X1' and episodes.dec < periods.ends_on) as has_left,
        max(case when episodes.rne = 'S' and episodes.decom >= periods.starts_on
            then episodes.decom end) as last_started_on,
        max(case when episodes.rne = 'S' and episodes.decom >= periods.starts_on
            then episodes.period_of_care_id end) as last_started_care
    from ssda903_episodes as episodes
    inner join config.return_periods as periods
        on periods.return_name = '903' and periods.year = episodes.collection_year
    left join config.ssda903_codes as short
        on short.field = 'short_break' and short.code = episodes.ls
    group by episodes.collection_year, episodes.person_id, episodes.child
)

select
    collection_year, person_id, child, first_decom, is_only_short_breaks, is_in_care,
    last_started_on, last_started_care,
    not has_short_break and not coalesce(has_started, false)
        and not coalesce(has_left, false) as is_continuous
from spans
