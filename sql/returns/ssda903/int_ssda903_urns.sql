-- grain: period_of_care_id, span
-- reads: config.ssda903_codes, int_ssda903_short_breaks, int_ssda903_spans
-- why: The provider's number at Ofsted, and the provider's kind: not for placements that Ofsted
--   does not register, and the number not for short breaks. A child placed with parents has the
--   provider PR0.
select
    spans.period_of_care_id, spans.span,
    case when without_urn.code is null and not breaks.is_short_break then spans.ofsted_urn end
        as urn,
    case
        when spans.placement_type = 'P1' then 'PR0'
        when without_provider.code is null then spans.provider_code
    end as place_provider
from int_ssda903_spans as spans
inner join int_ssda903_short_breaks as breaks on breaks.period_of_care_id = spans.period_of_care_id
left join config.ssda903_codes as without_urn
    on without_urn.field = 'place_without_urn' and without_urn.code = spans.placement_type
left join config.ssda903_codes as without_provider
    on without_provider.field = 'place_without_provider'
        and without_provider.code = spans.placement_type
