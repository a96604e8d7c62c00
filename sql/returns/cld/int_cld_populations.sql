-- grain: collection_year, row_position
-- reads: cld_events
-- why: To which populations each row of the submission belongs, of those for which a field is
--   mandatory, applicable or neither (config.cld_conditions says which): from the client, the kind
--   of event, and what is due of it.
with described as (
    select
        collection_year, row_position, event_type, date_of_birth, date_of_death,
        lower(client_type) = 'service user' as is_service_user,
        lower(client_type) in ('unpaid carer', 'carer', 'unpaid carer known by association',
            'carer known by association') as is_carer,
        event_type is not null as is_event,
        coalesce(lower(assessment_type) like 'financial assessment%', false) as is_financial,
        lower(primary_support_reason) like 'learning disability support%' as is_learning_disability,
        age_in_years(date_of_birth, reporting_period_end_date) as age_years,
        event_type = 'Review' and lower(review_reason) like 'planned%' as is_planned_review,
        event_type = 'Service' and coalesce(lower(delivery_mechanism),
            '') not like '%cassr commissioned support%' and (
            lower(service_type) like 'long term support%'
            or lower(service_type) like 'unpaid carer support%'
            or lower(service_type) like 'carer support%'
            or lower(service_component)
                in ('short term residential care', 'short term nursing care', 'carer respite')
        ) as is_cost_due
    from cld_events
)

select
    collection_year, row_position,
    concat_ws(
        '|',
        'everyone',
        case when event_type is distinct from 'Request' then 'beyond request' end,
        case when is_service_user then 'service user' end,
        case when is_carer then 'unpaid carer' end,
        case when is_event then 'event' end,
        case when is_event and (event_type <> 'Service' or date_of_death is not null)
            then 'ended' end,
        case when is_event and not is_financial then 'outcome due' end,
        lower(event_type),
        case when event_type = 'Assessment' and not is_financial then 'care assessment' end,
        case when is_planned_review then 'planned review' end,
        case when is_cost_due then 'costs due' end,
        case
            when is_service_user and (event_type in ('Service', 'Review')
                or (event_type = 'Assessment' and is_financial)) then 'funding due'
        end,
        case
            when is_service_user and is_learning_disability and date_of_birth is null
                then 'learning disability at an unknown age'
            when is_service_user and is_learning_disability and age_years between 18 and 64
                then 'working age with a learning disability'
        end
    ) as populations
from described
