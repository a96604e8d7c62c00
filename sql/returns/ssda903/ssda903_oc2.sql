-- grain: collection_year, person_id
-- reads: int_ssda903_health
-- publishes to: returns/ssda903_oc2
-- why: Health of children looked after for the whole year: the questionnaire from 4 to 16,
--   convictions from 10, health promotion below 5, and what was offered against substance misuse
--   only where there was some.
select
    collection_year, person_id, child, birth_date as dob,
    case when is_asked_sdq then sdq_score end as sdq_score,
    case when is_asked_sdq and sdq_score is null then sdq_reason end as sdq_reason,
    case when birth_date + interval '10' year <= ends_on
        then case when is_convicted then 1 else 0 end end as convicted,
    case when birth_date + interval '5' year > ends_on
        then case when health_check = 'yes' then 1 else 0 end end as health_check,
    case when immunisations = 'yes' then 1 else 0 end as immunisations,
    case when teeth_check = 'yes' then 1 else 0 end as teeth_check,
    case when is_assessed then 1 else 0 end as health_assessment,
    case when substance_misuse = 'yes' then 1 else 0 end as substance_misuse,
    case when substance_misuse = 'yes' then case received when 'yes' then 1 when 'no' then 0 end end
        as intervention_received,
    case when substance_misuse = 'yes' and received = 'no'
        then case offered when 'yes' then 1 when 'no' then 0 end end as intervention_offered,
    row_number() over (partition by collection_year order by person_id) as row_position
from (
    select *, birth_date + interval '4' year <= ends_on
        and birth_date + interval '17' year >= starts_on as is_asked_sdq
    from int_ssda903_health
) as asked
