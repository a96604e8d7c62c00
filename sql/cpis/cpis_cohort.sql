-- grain: person_id, plan_type
-- reads: config.cpis, config.settings, int_cpis_inactive_numbers, int_cpis_matches, int_cpis_plans,
--   int_cpis_record_answers, int_nhs_numbers, int_people, stg_people
-- publishes to: cpis/cpis_cohort
-- why: Whom the NHS must know: everyone with a live plan, and those whose plan ended in the last
--   twelve months. Whoever lacks what CP-IS demands, or whom the NHS would not match, cannot be
--   sent, and the row says each reason.
with settings as (
    select cast(as_at_local as date) as today from config.settings
),

plans as (
    select
        plans.person_id, plans.plan_type, plans.started_on, plans.ended_on, plans.child_id,
        plans.is_adopted, plans.is_open,
        row_number() over (
            partition by plans.person_id, plans.plan_type
            order by plans.ended_on is not null, plans.started_on desc
        ) as rank
    from int_cpis_plans as plans
    cross join settings
    where plans.ended_on is null or plans.ended_on + interval '12' month > settings.today
),

asked as (
    select
        plans.person_id, plans.plan_type, plans.started_on, plans.ended_on, plans.child_id,
        plans.is_adopted,
        case when numbers.standing_rank > 0 then numbers.nhs_number end as nhs_number,
        numbers.status as nhs_number_status, numbers.standing,
        known.last_name as family, known.first_name as given, people.birth_date,
        people.is_restricted, terms.authority_code, terms.authority_name, terms.office_telephone,
        terms.emergency_telephone, answers.record_code as last_answer,
        nullif(concat_ws(
            ', ',
            case when plans.plan_type = 'UCPP' and plans.person_id = plans.child_id
                then 'mother_unknown' end,
            case when plans.is_adopted and plans.ended_on is not null
                and inactive.nhs_number is not null then 'adopted' end,
            case
                when plans.plan_type <> 'UCPP'
                    and people.birth_date + interval '18' year <= settings.today and plans.is_open
                    then 'over_18_with_open_plan'
                when plans.plan_type <> 'UCPP'
                    and people.birth_date + interval '18' year <= settings.today then 'over_18'
            end,
            case when people.is_dead and (known.birth_at is null or known.died_at >= known.birth_at)
                then 'died' end,
            case numbers.standing
                when 'none' then 'no_nhs_number'
                when 'conflict' then 'nhs_number_conflict'
                when 'held' then 'nhs_number_not_verified'
            end,
            case when numbers.is_sensitive or answers.record_code = 'CPR02'
                then 'sensitive_record' end,
            case
                when inactive.nhs_number is not null and inactive.replacement_nhs_number is null
                    then 'nhs_number_inactive'
                when inactive.nhs_number is not null then 'nhs_number_replaced'
            end,
            case when answers.record_code = 'CPR05' then 'nhs_number_superseded' end,
            case when known.last_name is null then 'no_family_name' end,
            case when known.first_name is null then 'no_given_name' end,
            case when people.birth_date is null then 'no_birth_date' end,
            matches.difference,
            case when text_of(terms.emergency_telephone) is null then 'no_emergency_telephone' end,
            case when text_of(terms.authority_code) is null then 'no_authority_code' end
        ), '') as reasons
    from plans
    cross join settings
    cross join config.cpis as terms
    inner join int_people as people on people.person_id = plans.person_id
    inner join stg_people as known on known.person_id = plans.person_id
    inner join int_nhs_numbers as numbers on numbers.person_id = plans.person_id
    left join int_cpis_inactive_numbers as inactive on inactive.nhs_number = numbers.nhs_number
    left join int_cpis_record_answers as answers
        on answers.person_id = plans.person_id and answers.nhs_number = numbers.nhs_number
    left join int_cpis_matches as matches on matches.person_id = plans.person_id
    where plans.rank = 1
)

select
    person_id, plan_type, case when ended_on is null then 'live' else 'ended' end as state,
    started_on, ended_on, child_id, nhs_number, nhs_number_status, standing, family, given,
    birth_date, is_restricted, is_adopted, authority_code, authority_name, office_telephone,
    emergency_telephone, last_answer,
    reasons is null as can_be_sent, split_part(reasons, ', ', 1) as first_reason, reasons
from asked
