-- grain: collection_year, person_id
-- reads: config.return_periods, int_cld_person_answers, int_cld_steps
-- why: What was last known of each person by the end of a submission's twelve months: the newest answer to each question
--   about the person, whichever step asked it.
with answers as (
    select
        periods.year as collection_year, answers.person_id, answers.field, answers.answer,
        date_diff('day', date '1900-01-01', steps.started_on) * 10000000000 + answers.workflow_step_id as newest
    from int_cld_person_answers as answers
    inner join int_cld_steps as steps
        on steps.workflow_step_id = answers.workflow_step_id and steps.person_id = answers.person_id
    inner join config.return_periods as periods on periods.return_name = 'cld' and steps.started_on <= periods.ends_on
    where coalesce(steps.left_out_as, 'not_completed') = 'not_completed'
)

select
    collection_year, person_id,
    arg_max(answer, newest) filter (where field = 'cld_primary_support_reason') as primary_support_reason,
    arg_max(answer, newest) filter (where field = 'cld_accommodation_status') as accommodation_status,
    arg_max(answer, newest) filter (where field = 'cld_employment_status') as employment_status,
    arg_max(answer, newest) filter (where field = 'cld_client_funding_status') as client_funding_status,
    arg_max(answer, newest) filter (where field = 'cld_autism_spectrum_disorder') as autism_spectrum_disorder,
    arg_max(answer, newest) filter (where field = 'cld_visual_impairment') as visual_impairment,
    arg_max(answer, newest) filter (where field = 'cld_hearing_impairment') as hearing_impairment,
    arg_max(answer, newest) filter (where field = 'cld_dementia') as dementia
from answers
group by collection_year, person_id
