-- grain: collection_year, person_id
-- reads: config.return_periods, int_cld_steps, int_return_answers
-- why: What was last known of each person by the end of a submission's twelve months: the newest
--   answer to each question about the person, whichever step asked it.
with answers as (
    select
        periods.year as collection_year, answers.person_id, answers.field, answers.text_answer,
        row_number() over (
            partition by periods.year, answers.person_id, answers.field
            order by steps.started_on desc, steps.workflow_step_id desc
        ) as rank
    from int_return_answers as answers
    inner join int_cld_steps as steps
        on steps.workflow_step_id = answers.workflow_step_id and steps.person_id = answers.person_id
    inner join config.return_periods as periods
        on periods.return_name = 'cld' and steps.started_on <= periods.ends_on
    where coalesce(steps.left_out_as, 'not_completed') = 'not_completed'
        and answers.text_answer is not null
)

select
    collection_year, person_id,
    max(case when field = 'cld_primary_support_reason' then text_answer end)
        as primary_support_reason,
    max(case when field = 'cld_accommodation_status' then text_answer end) as accommodation_status,
    max(case when field = 'cld_employment_status' then text_answer end) as employment_status,
    max(case when field = 'cld_client_funding_status' then text_answer end)
        as client_funding_status,
    max(case when field = 'cld_autism_spectrum_disorder' then text_answer end)
        as autism_spectrum_disorder,
    max(case when field = 'cld_visual_impairment' then text_answer end) as visual_impairment,
    max(case when field = 'cld_hearing_impairment' then text_answer end) as hearing_impairment,
    max(case when field = 'cld_dementia' then text_answer end) as dementia
from answers
where rank = 1
group by collection_year, person_id
