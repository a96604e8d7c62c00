package config

// BIAudience is whose datasets the dictionary describes and the catalog opens.
const BIAudience = "bi"
