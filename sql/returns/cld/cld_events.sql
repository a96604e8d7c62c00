-- grain: collection_year, row_position
-- reads: config.return_authority, config.return_periods, int_cld_candidates, int_cld_events,
--   int_cld_people
-- publishes to: returns/cld_events
-- why: The submission of Client Level Data, Release 2: one row an event of its twelve months, and
--   one for each unpaid carer who is known only through the person they care for. An event's own
--   answer on the support reason speaks, else the newest; where nothing is known beyond the request
--   it is unknown.
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cld'
),

sent as (
    select
        candidates.collection_year, candidates.person_id, candidates.event_reference,
        events.client_type, events.started_on, events.workflow_step_id, events.line
    from int_cld_candidates as candidates
    inner join int_cld_events as events on events.event_reference = candidates.event_reference
    where candidates.place = 1
),

carers_with_events as (
    select distinct collection_year, person_id from sent
    where lower(client_type) in ('unpaid carer', 'carer')
),

known_by_association as (
    select people.collection_year, people.person_id
    from int_cld_people as people
    left join carers_with_events
        on carers_with_events.collection_year = people.collection_year
            and carers_with_events.person_id = people.person_id
    where people.is_carer_of_somebody_here and carers_with_events.person_id is null
),

rows_to_send as (
    select collection_year, person_id, event_reference, client_type, started_on, workflow_step_id,
        line from sent
    union all
    select
        collection_year, person_id, null as event_reference,
        'Unpaid carer known by association' as client_type,
        null as started_on, null as workflow_step_id, null as line
    from known_by_association
),

-- numbered before the events are joined: to order keys is quicker than to order whole rows
final as (
    select
        collection_year, person_id, client_type, event_reference,
        coalesce(lower(client_type) = 'service user', false) as is_service_user,
        row_number() over (
            partition by collection_year
            order by person_id, started_on nulls last, workflow_step_id, line, event_reference
        ) as row_position
    from rows_to_send
)

select
    periods.collection_year, final.row_position, final.person_id, events.workflow_step_id,
    events.line, authority.authority_number as la_code,
    periods.starts_on as reporting_period_start_date,
    periods.ends_on as reporting_period_end_date,
    people.nhs_number,
    cast(final.person_id as varchar) as la_person_unique_identifier,
    people.first_name, people.last_name,
    cast(null as varchar) as gp_practice_name,
    cast(null as varchar) as gp_practice_code,
    people.gender, people.ethnicity, people.date_of_birth, people.date_of_death, final.client_type,
    coalesce(people.primary_support_reason, 'Unknown') as primary_support_reason,
    people.postcode,
    coalesce(people.accommodation_status, 'Unknown') as accommodation_status,
    people.employment_status, people.has_unpaid_carer,
    case when final.is_service_user then people.autism_spectrum_disorder end
        as autism_spectrum_disorder,
    case when final.is_service_user then people.visual_impairment end as visual_impairment,
    case when final.is_service_user then people.hearing_impairment end as hearing_impairment,
    case when final.is_service_user then people.dementia end as dementia,
    case when final.is_service_user then people.client_funding_status end as client_funding_status,
    events.event_type, final.event_reference,
    events.started_on as event_start_date,
    events.ended_on as event_end_date,
    events.event_description, events.event_outcome,
    case when events.event_type = 'Request' then events.request_route_of_access end
        as request_route_of_access,
    case when events.event_type = 'Assessment' then events.assessment_type end as assessment_type,
    case when events.event_type = 'Assessment' then events.eligible_needs_identified end
        as eligible_needs_identified,
    case when events.event_type = 'Assessment' then events.method_of_assessment end
        as method_of_assessment,
    case when not final.is_service_user then events.total_hours_caring_per_week end
        as total_hours_caring_per_week,
    case when not final.is_service_user then people.number_of_adults_cared_for end
        as number_of_adults_cared_for,
    case when not final.is_service_user then people.adult_1_person_id end
        as adult_1_linked_person_id,
    case when not final.is_service_user then people.adult_2_person_id end
        as adult_2_linked_person_id,
    case when not final.is_service_user then people.adult_3_person_id end
        as adult_3_linked_person_id,
    events.service_type, events.service_component, events.delivery_mechanism,
    events.provider_cqc_location_name, events.provider_cqc_location_id, events.review_reason,
    events.review_outcomes_achieved, events.method_of_review,
    events.unit_cost, events.cost_frequency, events.planned_units_per_week
from final
left join int_cld_events as events on events.event_reference = final.event_reference
inner join periods on periods.collection_year = final.collection_year
inner join int_cld_people as people
    on people.collection_year = final.collection_year and people.person_id = final.person_id
cross join config.return_authority as authority
