-- grain: collection_year, event_reference
-- reads: config.cld_values, config.return_periods, int_cld_events, int_nhs_numbers, stg_people
-- why: The events of a submission's twelve months, by the filter of the collection (DHSC, event
--   filtering): requests, assessments and reviews that ended in it; services that began by its end
--   and had not ended before it. Of the events that agree in the key by which DHSC tells one event
--   from another (deduplication, single submissions) only the first is sent: an open one before one
--   that ended, then the later end, the outcome that ranks higher, the newer record.
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cld'
),

outcomes as (
    select value, rank from config.cld_values where field = 'event_outcome' and rank is not null
),

in_period as (
    select
        periods.collection_year, events.event_reference, events.person_id, events.workflow_step_id,
        events.line, events.event_type, events.client_type, events.started_on, events.ended_on,
        -- the end that counts: death, where it came first
        case
            when cast(people.died_at as date) < events.ended_on
                then cast(people.died_at as date) else events.ended_on
        end as derived_ended_on,
        coalesce(numbers.nhs_number, 'person ' || cast(events.person_id as varchar))
            as derived_person,
        case events.event_type
            when 'Request' then events.request_route_of_access
            when 'Assessment' then events.assessment_type
            when 'Service' then events.service_type
        end as subtype,
        events.service_component, events.delivery_mechanism, events.unit_cost,
        events.cost_frequency, events.planned_units_per_week, outcomes.rank
    from int_cld_events as events
    inner join periods
        on events.started_on <= periods.ends_on
        and (
            events.ended_on between periods.starts_on and periods.ends_on
            or (events.event_type = 'Service'
                and (events.ended_on is null or events.ended_on > periods.ends_on))
        )
    inner join stg_people as people on people.person_id = events.person_id
    left join int_nhs_numbers as numbers
        on numbers.person_id = events.person_id
            and numbers.standing in ('verified', 'traced', 'matched', 'held')
    left join outcomes on outcomes.value = events.event_outcome
),

final as (
    select
        collection_year, event_reference, person_id, workflow_step_id, line, started_on, ended_on,
        row_number() over same_event as place,
        first_value(event_reference) over same_event as sent_reference
    from in_period
    window same_event as (
        partition by
            collection_year, derived_person, event_type, client_type, started_on, subtype,
            case when event_type <> 'Service' then derived_ended_on end,
            case when event_type = 'Service' then service_component end,
            case when event_type = 'Service' then delivery_mechanism end,
            case when event_type = 'Service' then unit_cost end,
            case when event_type = 'Service' then cost_frequency end,
            case when event_type = 'Service' then planned_units_per_week end
        order by derived_ended_on desc nulls first, rank nulls last, workflow_step_id desc, line,
            event_reference
    )
)

select collection_year, event_reference, person_id, workflow_step_id, line, started_on, ended_on,
    place, sent_reference
from final
