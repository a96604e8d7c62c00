-- grain: element_detail_id, split_number
-- reads: casestore.dm_placement_details
-- why: who provides a placement: the carer, the provider's kind and its number at Ofsted
select
    element_detail_id,
    split_number,
    carer_id,
    upper(text_of(ofsted_urn)) as ofsted_urn,
    upper(text_of(cin_provider_category_code)) as provider_code
from casestore.dm_placement_details
