-- How one child's episode rows in the looked-after children's return came about: the newest collection year of the snapshot.
with episodes as (
    select
        *,
        row_number() over person as number,
        lag(ls) over person as previous_ls, lag(place) over person as previous_place, lag(carer_id) over person as previous_carer_id
    from ssda903_episodes
    where person_id = $person and collection_year = (select max(collection_year) from ssda903_episodes where person_id = $person)
    window person as (order by decom, period_of_care_id, span)
),

told as (
    select
        2 as place, cast(decom as timestamp) as at,
        'looked-after return ' || (collection_year - 1) || '/' || (collection_year % 100) as subject,
        'episode ' || number || ' begins, RNE ' || rne || ': ' || case rne
            when 'S' then 'started to be looked after (dm_periods_of_care ' || period_of_care_id || '), category of need ' || coalesce(cin, 'unknown')
            when 'L' then 'only the legal status changed, ' || coalesce(previous_ls, 'the one before the year') || ' to ' || coalesce(ls, 'unknown')
                || ' (dm_legal_statuses ' || legal_status_id || ')'
            when 'P' then 'placement and carer changed, ' || coalesce(previous_place, 'the one before the year') || ' to ' || coalesce(place, 'unknown')
                || ' (dm_placements ' || placement_id || ')'
            when 'T' then 'the placement changed and the carer stayed, ' || coalesce(previous_place, 'the one before the year') || ' to ' || coalesce(place, 'unknown')
                || ' (dm_placements ' || placement_id || ')'
            when 'B' then 'legal status, placement and carer changed (dm_legal_statuses ' || legal_status_id || ', dm_placements ' || placement_id || ')'
            else 'legal status and placement changed and the carer stayed (dm_legal_statuses ' || legal_status_id || ', dm_placements ' || placement_id || ')'
        end
        || '; ' || coalesce(ls, 'no legal status') || ', ' || coalesce(place, 'no placement')
        || coalesce(', provider ' || place_provider, '')
        || case placement_location when 'IN' then ', within the council' when 'OUT' then ', outside the council' else '' end
        || coalesce(', ' || placement_distance || ' miles from home', '') || coalesce(' (home ' || home_post || ', placement ' || pl_post || ')', '')
        || coalesce(', URN ' || urn, '') as words
    from episodes
    union all
    select
        1, cast(dec as timestamp),
        'looked-after return ' || (collection_year - 1) || '/' || (collection_year % 100),
        'episode ' || number || ' ceases, REC ' || coalesce(rec, 'unknown') || case
            when rec = 'X1' then ': the next one begins the same day' || coalesce(', the placement changed because ' || reason_place_change, '')
            else ', as the placement says (dm_placements ' || placement_id || ')'
        end
    from episodes
    where dec is not null
    union all
    select
        3, cast(coalesce((select min(decom) from episodes), timestamp '1900-01-01') as timestamp), 'return ' || return_name || ' finding ' || rule_code,
        words || ' (' || coalesce(source_table || ' ' || source_key, 'no record') || ')'
    from return_findings
    where person_id = $person and collection_year = (select max(collection_year) from ssda903_episodes where person_id = $person) and return_name = '903'
)

select told."at", told.subject, told.words
from told
order by told."at", told.place
