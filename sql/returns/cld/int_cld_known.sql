-- grain: collection_year, person_id
-- reads: config.return_periods, int_cld_answers, int_cld_steps
-- why: What was last known of each person by the end of a submission's twelve months: the newest answer to each question
--   about the person, whichever step asked it.
with answers as (
    select
        periods.year as collection_year, answers.person_id,
        date_diff('day', date '1900-01-01', steps.started_on) * 10000000000 + answers.workflow_step_id as newest,
        answers.primary_support_reason,
        answers.accommodation_status, answers.employment_status, answers.client_funding_status,
        answers.autism_spectrum_disorder, answers.visual_impairment, answers.hearing_impairment, answers.dementia
    from int_cld_answers as answers
    inner join int_cld_steps as steps
        on steps.workflow_step_id = answers.workflow_step_id and steps.person_id = answers.person_id
    inner join config.return_periods as periods on periods.return_name = 'cld' and steps.started_on <= periods.ends_on
    where coalesce(steps.left_out_as, 'not_completed') = 'not_completed'
        and coalesce(
            answers.primary_support_reason, answers.accommodation_status, answers.employment_status, answers.client_funding_status,
            answers.autism_spectrum_disorder, answers.visual_impairment, answers.hearing_impairment, answers.dementia
        ) is not null
)

select
    collection_year, person_id,
    arg_max(primary_support_reason, newest) as primary_support_reason,
    arg_max(accommodation_status, newest) as accommodation_status,
    arg_max(employment_status, newest) as employment_status,
    arg_max(client_funding_status, newest) as client_funding_status,
    arg_max(autism_spectrum_disorder, newest) as autism_spectrum_disorder,
    arg_max(visual_impairment, newest) as visual_impairment,
    arg_max(hearing_impairment, newest) as hearing_impairment,
    arg_max(dementia, newest) as dementia
from answers
group by collection_year, person_id
