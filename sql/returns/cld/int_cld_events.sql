-- grain: event_reference
-- reads: config.cld_questions, config.return_periods, config.settings, int_cld_steps,
--   stg_form_answers, stg_form_questions
-- why: Every event of adult social care that a submission may tell of, without the requests,
--   assessments and reviews that ended before the first submission's twelve months: of these an
--   event is a step, described by its form's first line; of services each line that names a
--   service. No published table of the case store holds adults' services, so a council maps its own
--   steps and questions. An answer that names its subject is that person's only, any other is
--   everybody's whom the step is about; of two forms of a step the newer speaks, line by line, even
--   where it is blank, as in int_return_answers. The reference is the step's own number, with the
--   line of a service, and the person where a step is about several.
with settings as (
    select cast(as_at_local as date) as today from config.settings
),

steps as (
    select
        workflow_step_id, person_id, event_type, client_type, started_on, ended_on, count_people
    from int_cld_steps
    where left_out_as is null
        and (
            event_type = 'Service'
            or ended_on >= (select min(starts_on) from config.return_periods
                where return_name = 'cld')
        )
),

questions as (
    select questions.mapping_id, fields.field
    from stg_form_questions as questions
    inner join config.cld_questions as fields
        on fields.question_user_code = questions.question_user_code
    where not fields.is_of_person
),

answers as (
    select
        steps.workflow_step_id, steps.person_id, answers.form_answer_row_id as line,
        questions.field,
        coalesce(answers.text_answer, cast(cast(answers.answered_at as date) as varchar)) as answer,
        answers.form_id, answers.mapping_id
    from stg_form_answers as answers
    inner join questions on questions.mapping_id = answers.mapping_id
    inner join steps
        on steps.workflow_step_id = answers.workflow_step_id
        and (answers.subject_person_id is null or answers.subject_person_id = steps.person_id)
),

newest_answers as (
    select
        workflow_step_id, person_id, line, field,
        nullif(max_by(coalesce(answer, ''), (form_id, answer is not null, mapping_id)), '')
            as answer
    from answers
    group by workflow_step_id, person_id, line, field
),

lines as (
    select
        workflow_step_id, person_id, line,
        any_value(answer) filter (where field = 'cld_client_type') as client_type,
        any_value(answer) filter (where field = 'cld_event_outcome') as event_outcome,
        any_value(answer) filter (where field = 'cld_event_description') as event_description,
        any_value(answer) filter (where field = 'cld_route_of_access') as request_route_of_access,
        any_value(answer) filter (where field = 'cld_assessment_type') as assessment_type,
        any_value(answer) filter (where field = 'cld_eligible_needs_identified')
            as eligible_needs_identified,
        any_value(answer) filter (where field = 'cld_method_of_assessment') as method_of_assessment,
        any_value(answer) filter (where field = 'cld_total_hours_caring')
            as total_hours_caring_per_week,
        any_value(answer) filter (where field = 'cld_service_type') as service_type,
        any_value(answer) filter (where field = 'cld_service_component') as service_component,
        any_value(answer) filter (where field = 'cld_delivery_mechanism') as delivery_mechanism,
        any_value(answer) filter (where field = 'cld_provider_cqc_location_name')
            as provider_cqc_location_name,
        any_value(answer) filter (where field = 'cld_provider_cqc_location_id')
            as provider_cqc_location_id,
        any_value(answer) filter (where field = 'cld_review_reason') as review_reason,
        any_value(answer) filter (where field = 'cld_review_outcomes_achieved')
            as review_outcomes_achieved,
        any_value(answer) filter (where field = 'cld_method_of_review') as method_of_review,
        any_value(answer) filter (where field = 'cld_unit_cost') as unit_cost,
        any_value(answer) filter (where field = 'cld_cost_frequency') as cost_frequency,
        any_value(answer) filter (where field = 'cld_planned_units_per_week')
            as planned_units_per_week,
        any_value(answer) filter (where field = 'cld_service_start') as service_start,
        any_value(answer) filter (where field = 'cld_service_end') as service_end
    from newest_answers
    group by workflow_step_id, person_id, line
),

first_lines as (
    select workflow_step_id, person_id, min(line) as line
    from lines
    group by workflow_step_id, person_id
),

recorded as (
    select
        steps.person_id, steps.workflow_step_id, steps.event_type, steps.count_people,
        case when steps.event_type = 'Service' then lines.line else 1 end as line,
        case
            when lines.client_type is not null then lines.client_type
            when starts_with(lower(lines.service_type), 'unpaid carer support')
                or starts_with(lower(lines.service_type), 'carer support') then 'Unpaid carer'
            else steps.client_type
        end as client_type,
        coalesce(try_cast(lines.service_start as date), steps.started_on) as started_on,
        coalesce(try_cast(lines.service_end as date), steps.ended_on) as ended_on,
        lines.event_outcome, lines.event_description, lines.request_route_of_access,
        lines.assessment_type, lines.eligible_needs_identified, lines.method_of_assessment,
        lines.total_hours_caring_per_week, lines.service_type, lines.service_component,
        lines.delivery_mechanism, lines.provider_cqc_location_name, lines.provider_cqc_location_id,
        lines.review_reason, lines.review_outcomes_achieved,
        lines.method_of_review, lines.unit_cost, lines.cost_frequency, lines.planned_units_per_week
    from steps
    left join first_lines as firsts
        on firsts.workflow_step_id = steps.workflow_step_id and firsts.person_id = steps.person_id
    left join lines on lines.workflow_step_id = steps.workflow_step_id
        and lines.person_id = steps.person_id
    where case
        when steps.event_type = 'Service'
            then coalesce(lines.service_type, lines.service_component,
            lines.service_start) is not null
        else lines.line is not distinct from firsts.line
    end
)

select
    cast(workflow_step_id as varchar)
        || case when event_type = 'Service' then '-' || cast(line as varchar) else '' end
        || case when count_people > 1 then '/' || cast(person_id as varchar) else '' end
            as event_reference,
    person_id, workflow_step_id, line, event_type, client_type, started_on,
    case when ended_on <= settings.today then ended_on end as ended_on,
    event_outcome, event_description, request_route_of_access, assessment_type,
    eligible_needs_identified, method_of_assessment, total_hours_caring_per_week, service_type,
    service_component, delivery_mechanism, provider_cqc_location_name, provider_cqc_location_id,
    review_reason, review_outcomes_achieved,
    method_of_review, unit_cost, cost_frequency, planned_units_per_week
from recorded
cross join settings
where started_on <= settings.today
