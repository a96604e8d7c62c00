-- grain: collection_year, workflow_step_id, person_id
-- reads: int_annex_a_people, int_annex_a_windows, int_ssda903_ceased_reasons, int_ssda903_spans,
--   stg_adoption_plans
-- publishes to: returns/annex_a_list_10
-- why: children who should be adopted, were adopted or for whom the decision was taken back in the
--   twelve months to the day, from the decisions and episodes of the return of looked-after
--   children: placement order is the legal status E1, placed for adoption the placement types A3 to
--   A6, with foster carers who may adopt the types U2 and U5, adopted the reasons E11 and E12
with ceased as (
    select spans.person_id, min(spans.ended_on) as adopted_on
    from int_ssda903_spans as spans
    inner join int_ssda903_ceased_reasons as reasons
        on reasons.period_of_care_id = spans.period_of_care_id and reasons.span = spans.span
    where reasons.rec in ('E11', 'E12')
    group by spans.person_id
),

care as (
    select
        person_id, min(started_on) as entered_care_on,
        min(case when legal_status = 'E1' then started_on end) as placement_order_on,
        min(case when placement_type in ('A3', 'A4', 'A5', 'A6') then started_on end) as placed_on,
        min(case when placement_type in ('U2', 'U5') then started_on end) as early_placed_on
    from int_ssda903_spans
    group by person_id
),

plans as (
    select
        windows.collection_year, windows.as_at, windows.twelve_months_from, plans.person_id,
        plans.workflow_step_id, plans.decided_on,
        case when plans.matched_on <= windows.as_at then plans.matched_on end as matched_on,
        case when plans.ceased_on <= windows.as_at then plans.ceased_on end as ceased_on,
            plans.ceased_reason,
        care.entered_care_on,
        case when care.placement_order_on <= windows.as_at then care.placement_order_on end
            as placement_order_on,
        case when care.placed_on <= windows.as_at then care.placed_on end as placed_on,
        case when care.early_placed_on <= windows.as_at then care.early_placed_on end
            as early_placed_on,
        case when ceased.adopted_on <= windows.as_at then ceased.adopted_on end as adopted_on
    from stg_adoption_plans as plans
    inner join int_annex_a_windows as windows on plans.decided_on <= windows.as_at
    left join care on care.person_id = plans.person_id
    left join ceased on ceased.person_id = plans.person_id
)

select
    plans.collection_year, plans.person_id, plans.workflow_step_id, people.child_id,
    cast(null as varchar) as family_id, people.gender, people.ethnicity,
    people.birth_date, people.age_years, people.has_disability, plans.entered_care_on,
    plans.decided_on, plans.placement_order_on, plans.matched_on, plans.placed_on, plans.adopted_on,
    plans.ceased_on,
    case when plans.ceased_on is not null then plans.ceased_reason end as ceased_reason,
        plans.early_placed_on,
    row_number() over (partition by plans.collection_year
        order by plans.person_id, plans.decided_on, plans.workflow_step_id) as row_position
from plans
inner join int_annex_a_people as people
    on people.collection_year = plans.collection_year and people.person_id = plans.person_id
where coalesce(plans.adopted_on, plans.ceased_on, plans.as_at) >= plans.twelve_months_from
