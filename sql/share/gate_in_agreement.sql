-- grain: dataset
-- reads: config.agreement_columns, config.agreement_datasets, config.settings, int_datasets
-- why: Gate 1. A dataset may be shared only while the agreement is in date and names the dataset,
--   its direction, an audience, a purpose and at least one column.
with settings as (select agreement_version, agreement_in_date from config.settings),

agreed as (
    select dataset, direction, audience, gate, standing, is_secondary_use
    from config.agreement_datasets
    where audience <> '' and purpose <> ''
        and dataset in (select dataset from config.agreement_columns)
),

final as (
    select
        datasets.dataset,
        datasets.direction,
        agreed.audience,
        agreed.gate as consent_gate,
        agreed.standing as demanded_standing,
        coalesce(agreed.is_secondary_use, true) as is_secondary_use,
        case
            when not coalesce(settings.agreement_in_date, false) then 'agreement_out_of_date'
            when agreed.dataset is null then 'not_in_agreement'
            else 'agreed'
        end as reason,
        'agreement ' || settings.agreement_version as evidence
    from int_datasets as datasets
    cross join settings
    left join agreed on agreed.dataset = datasets.dataset and agreed.direction = datasets.direction
)

select
    dataset, direction, audience, consent_gate, demanded_standing, is_secondary_use,
    reason = 'agreed' as is_open, reason, evidence
from final
