-- severity: warn
-- grain: table_name, row_id, finding
-- reads: config.settings, stg_cin_referrals, stg_legal_statuses, stg_people, stg_periods_of_care,
--   stg_registrations
-- why: dates that cannot be: an end before its start, a year before 1880, a death before birth or
--   ahead of now, a birth more than ten months ahead. Protections go on in spite of them; somebody
--   should correct the record
with spans as (
    select 'dm_registrations' as table_name, registration_id as row_id, registered_at as started_at,
        deregistered_at as ended_at from stg_registrations
    union all
    select 'dm_periods_of_care', period_of_care_id, started_at, ended_at from stg_periods_of_care
    union all
    select 'dm_legal_statuses', legal_status_id, started_at, ended_at from stg_legal_statuses
    union all
    select 'dm_cin_referrals', referral_id, referred_at, closed_at from stg_cin_referrals
    union all
    select 'dm_persons', person_id, birth_at, died_at from stg_people
),

findings as (
    select
        table_name, row_id,
        case when table_name = 'dm_persons' then 'death before birth' else 'end before start' end
            as finding
    from spans
    where ended_at < started_at
    union all
    select table_name, row_id, 'year before 1880' as finding
    from spans
    where started_at < timestamp '1880-01-01 00:00:00' or ended_at < timestamp '1880-01-01 00:00:00'
    union all
    select spans.table_name, spans.row_id, 'death ahead of now' as finding
    from spans
    cross join config.settings as settings
    where spans.table_name = 'dm_persons'
        and spans.ended_at > settings.as_at_local + interval '1' day
    union all
    select spans.table_name, spans.row_id, 'birth ahead of any pregnancy' as finding
    from spans
    cross join config.settings as settings
    where spans.table_name = 'dm_persons'
        and spans.started_at > settings.as_at_local + interval '10' month
),

final as (select distinct table_name, row_id, finding from findings)

select table_name, row_id, finding from final
