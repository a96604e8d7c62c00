-- grain: event_reference
-- reads: config.settings, int_cld_answers, int_cld_steps
-- why: Every event of adult social care, in whatever period: of a request, an assessment or a review one, of a service
--   one for each line of the form that names a service. The reference is the step's own number, with the line of a
--   service, and the person where a step is about several.
with settings as (
    select cast(as_at_local as date) as today from config.settings
),

recorded as (
    select
        steps.person_id, steps.workflow_step_id, steps.event_type, steps.count_people,
        case when steps.event_type = 'Service' then answers.form_answer_row_id else 1 end as line,
        case
            when answers.client_type is not null then answers.client_type
            when starts_with(lower(answers.service_type), 'unpaid carer support')
                or starts_with(lower(answers.service_type), 'carer support') then 'Unpaid carer'
            else steps.client_type
        end as client_type,
        coalesce(try_cast(answers.service_start as date), steps.started_on) as started_on,
        coalesce(try_cast(answers.service_end as date), steps.ended_on) as ended_on,
        steps.responsible_team_id,
        answers.event_outcome, answers.event_description, answers.request_route_of_access, answers.assessment_type,
        answers.eligible_needs_identified, answers.method_of_assessment, answers.total_hours_caring_per_week,
        answers.service_type, answers.service_component, answers.delivery_mechanism, answers.provider_cqc_location_name,
        answers.provider_cqc_location_id, answers.review_reason, answers.review_outcomes_achieved,
        answers.method_of_review, answers.unit_cost, answers.cost_frequency, answers.planned_units_per_week
    from int_cld_steps as steps
    left join int_cld_answers as answers
        on answers.workflow_step_id = steps.workflow_step_id
        and answers.person_id = steps.person_id
    where steps.left_out_as is null
        and case
            when steps.event_type = 'Service'
                then coalesce(answers.service_type, answers.service_component, answers.service_start) is not null
            else coalesce(answers.place, 1) = 1
        end
)

select
    workflow_step_id || case when event_type = 'Service' then '-' || line else '' end
        || case when count_people > 1 then '/' || person_id else '' end as event_reference,
    person_id, workflow_step_id, line, event_type, client_type, started_on,
    case when ended_on <= settings.today then ended_on end as ended_on,
    responsible_team_id, event_outcome, event_description, request_route_of_access, assessment_type,
    eligible_needs_identified, method_of_assessment, total_hours_caring_per_week, service_type, service_component,
    delivery_mechanism, provider_cqc_location_name, provider_cqc_location_id, review_reason, review_outcomes_achieved,
    method_of_review, unit_cost, cost_frequency, planned_units_per_week
from recorded
cross join settings
where started_on <= settings.today
