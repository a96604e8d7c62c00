-- How one child's episode rows in the looked-after children's return came about, in each collection
-- year that the snapshot holds.
with episodes as (
    select
        *,
        row_number() over year as number,
        lag(ls) over year as previous_ls, lag(place) over year as previous_place,
        lag(carer_id) over year as previous_carer_id, lead(decom) over year as next_decom
    from ssda903_episodes
    where person_id = $person
    window year as (partition by collection_year order by decom, period_of_care_id, span)
),

told as (
    select
        2 as place, collection_year, cast(decom as timestamp) as at,
        'looked-after return ' || (collection_year - 1) || '/'
            || (collection_year % 100) as subject,
        'episode ' || number || ' begins, RNE ' || rne || ': ' || case rne
            when 'S' then 'started to be looked after (dm_periods_of_care ' || period_of_care_id
                || '), category of need ' || coalesce(cin, 'unknown')
            when 'L' then 'only the legal status changed, '
                || coalesce(previous_ls, 'the one before the year') || ' to '
                || coalesce(ls, 'unknown')
                || ' (dm_legal_statuses ' || legal_status_id || ')'
            when 'P' then 'placement and carer changed, '
                || coalesce(previous_place, 'the one before the year') || ' to '
                || coalesce(place, 'unknown')
                || ' (dm_placements ' || placement_id || ')'
            when 'T' then 'the placement changed and the carer stayed, '
                || coalesce(previous_place, 'the one before the year') || ' to '
                || coalesce(place, 'unknown')
                || ' (dm_placements ' || placement_id || ')'
            when 'B' then 'legal status, placement and carer changed (dm_legal_statuses '
                || legal_status_id || ', dm_placements ' || placement_id || ')'
            else 'legal status and placement changed and the carer stayed (dm_legal_statuses '
                || legal_status_id || ', dm_placements ' || placement_id || ')'
        end
        || '; ' || coalesce(ls, 'no legal status') || ', ' || coalesce(place, 'no placement')
        || coalesce(', provider ' || place_provider, '')
        || case placement_location when 'IN' then ', within the council'
            when 'OUT' then ', outside the council' else '' end
        || coalesce(', ' || placement_distance || ' miles from home', '')
            || coalesce(' (home ' || home_post || ', placement ' || pl_post || ')', '')
        || coalesce(', URN ' || urn, '') as words
    from episodes
    union all
    select
        1, collection_year, cast(dec as timestamp),
        'looked-after return ' || (collection_year - 1) || '/' || (collection_year % 100),
        'episode ' || number || ' ceases, REC ' || coalesce(rec, 'unknown') || case
            when rec = 'X1' then case
                when next_decom = dec then ': the next one begins the same day'
                when next_decom is null
                    then ': the next one should begin the same day, and there is none'
                else ': the next one should begin the same day, and begins on ' || next_decom
            end || coalesce(', the placement changed because ' || reason_place_change, '')
            else ', as the placement says (dm_placements ' || placement_id || ')'
        end
    from episodes
    where dec is not null
    union all
    select
        -- at the episode that stands on the record; else at the year's first one; at the year's
        -- first day of who left care before it
        3, collection_year, cast(coalesce((
            select coalesce(
                min(case
                    when source_table = 'dm_placements'
                        and source_key = cast(placement_id as varchar)
                        or source_table = 'dm_legal_statuses'
                            and source_key = cast(legal_status_id as varchar) then decom
                end), min(decom))
            from episodes where episodes.collection_year = findings.collection_year
        ), cast((collection_year - 1) || '-04-01' as date)) as timestamp),
        'looked-after return ' || (collection_year - 1) || '/' || (collection_year % 100)
            || ' finding ' || rule_code,
        words || ' (' || coalesce(source_table || ' ' || source_key, 'no record') || ')'
    from return_findings as findings
    where person_id = $person and return_name = '903'
)

select told."at", told.subject, told.words
from told
order by told.collection_year, told."at", told.place
