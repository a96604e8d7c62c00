-- grain: return_name, collection_year, position
-- reads: config.return_periods, earlier.return_periods, earlier.ssda903_episodes, ssda903_episodes
-- publishes to: returns/return_changes
-- why: What a data manager signs off: of each collection year that the last snapshot held too, the children who came and went and the
--   episodes that did, or that changed, by the day on which they began. Changed fields are named, their values are in the returns.
with years as (
    select periods.year as collection_year
    from config.return_periods as periods
    inner join earlier.return_periods as before
        on before.return_name = periods.return_name and before.collection_year = periods.year
    where periods.return_name = '903'
),

children as (
    select coalesce(new.collection_year, old.collection_year) as collection_year, coalesce(new.person_id, old.person_id) as person_id,
        case when old.person_id is null then 'child_added' else 'child_dropped' end as change
    from (select distinct collection_year, person_id from ssda903_episodes) as new
    full join (select distinct collection_year, person_id from earlier.ssda903_episodes) as old
        on old.collection_year = new.collection_year and old.person_id = new.person_id
    where old.person_id is null or new.person_id is null
),

episodes as (
    select
        coalesce(new.collection_year, old.collection_year) as collection_year, coalesce(new.person_id, old.person_id) as person_id,
        coalesce(new.decom, old.decom) as began_on,
        case when old.person_id is null then 'episode_added' when new.person_id is null then 'episode_dropped' else 'episode_altered' end as change,
        case when old.person_id is not null and new.person_id is not null then concat_ws(', ',
            case when new.rne is distinct from old.rne then 'RNE' end, case when new.ls is distinct from old.ls then 'LS' end,
            case when new.cin is distinct from old.cin then 'CIN' end, case when new.place is distinct from old.place then 'PLACE' end,
            case when new.place_provider is distinct from old.place_provider then 'PLACE_PROVIDER' end,
            case when new.dec is distinct from old.dec then 'DEC' end, case when new.rec is distinct from old.rec then 'REC' end,
            case when new.reason_place_change is distinct from old.reason_place_change then 'REASON_PLACE_CHANGE' end,
            case when new.home_post is distinct from old.home_post then 'HOME_POST' end,
            case when new.pl_post is distinct from old.pl_post then 'PL_POST' end, case when new.urn is distinct from old.urn then 'URN' end)
        end as fields
    from ssda903_episodes as new
    full join earlier.ssda903_episodes as old
        on old.collection_year = new.collection_year and old.period_of_care_id = new.period_of_care_id and old.decom = new.decom
),

changes as (
    select collection_year, person_id, change, cast(null as date) as began_on, cast(null as varchar) as fields from children
    union all
    select collection_year, person_id, change, began_on, fields from episodes where change <> 'episode_altered' or fields <> ''
)

select
    '903' as return_name, changes.collection_year,
    row_number() over (partition by changes.collection_year order by changes.person_id, changes.change, changes.began_on) as position,
    changes.change, changes.person_id, changes.began_on, changes.fields
from changes
inner join years on years.collection_year = changes.collection_year
