"""The objects of OpenAPI 3.0, 3.1 and 3.2 with their fields, as the specifications list them.

A heading names an object. Below it stands a field a line: its name, its type, and the versions
that have it if not all do (`3.0`, `3.1+`, `-3.1`). A `!` marks a field that is required, `!3.0` one
that is required up to that version. A type is a name, `[type]` a list of it, `{type}` a mapping to
it; `|Reference` allows a Reference Object in its place.
"""

TEXT = """
OpenAPI
  openapi! string
  $self string 3.2+
  info! Info
  jsonSchemaDialect string 3.1+
  servers [Server]
  paths!3.0 Paths
  webhooks {Path Item} 3.1+
  components Components
  security [Security Requirement]
  tags [Tag]
  externalDocs External Documentation

Info
  title! string
  summary string 3.1+
  description string
  termsOfService string
  contact Contact
  license License
  version! string

Contact
  name string
  url string
  email string

License
  name! string
  identifier string 3.1+
  url string

Server
  url! string
  name string 3.2+
  description string
  variables {Server Variable}

Server Variable
  enum [string]
  default! string
  description string

Components
  schemas {Schema|Reference}
  responses {Response|Reference}
  parameters {Parameter|Reference}
  examples {Example|Reference}
  requestBodies {Request Body|Reference}
  headers {Header|Reference}
  securitySchemes {Security Scheme|Reference}
  links {Link|Reference}
  callbacks {Callback|Reference}
  pathItems {Path Item} 3.1+
  mediaTypes {Media Type|Reference} 3.2+

Path Item
  $ref string
  summary string
  description string
  get Operation
  put Operation
  post Operation
  delete Operation
  options Operation
  head Operation
  patch Operation
  trace Operation
  query Operation 3.2+
  additionalOperations {Operation} 3.2+
  servers [Server]
  parameters [Parameter|Reference]

Operation
  tags [string]
  summary string
  description string
  externalDocs External Documentation
  operationId string
  parameters [Parameter|Reference]
  requestBody Request Body|Reference
  responses!3.0 Responses
  callbacks {Callback|Reference}
  deprecated boolean
  security [Security Requirement]
  servers [Server]

External Documentation
  description string
  url! string

Parameter
  name! string
  in! string
  description string
  required boolean
  deprecated boolean
  allowEmptyValue boolean
  style string
  explode boolean
  allowReserved boolean
  schema Schema|Reference
  example any
  examples {Example|Reference}
  content {Media Type|Reference}

Request Body
  description string
  content! {Media Type|Reference}
  required boolean

Media Type
  description string 3.2+
  schema Schema|Reference
  itemSchema Schema 3.2+
  example any
  examples {Example|Reference}
  encoding {Encoding}
  prefixEncoding [Encoding] 3.2+
  itemEncoding Encoding 3.2+

Encoding
  contentType string
  headers {Header|Reference}
  style string
  explode boolean
  allowReserved boolean
  encoding {Encoding} 3.2+
  prefixEncoding [Encoding] 3.2+
  itemEncoding Encoding 3.2+

Response
  summary string 3.2+
  description!3.1 string
  headers {Header|Reference}
  content {Media Type|Reference}
  links {Link|Reference}

Example
  summary string
  description string
  dataValue any 3.2+
  serializedValue string 3.2+
  value any
  externalValue string

Link
  operationRef string
  operationId string
  parameters {any}
  requestBody any
  description string
  server Server

Header
  description string
  required boolean
  deprecated boolean
  allowEmptyValue boolean 3.0
  style string
  explode boolean
  allowReserved boolean
  schema Schema|Reference
  example any
  examples {Example|Reference}
  content {Media Type|Reference}

Tag
  name! string
  summary string 3.2+
  description string
  externalDocs External Documentation
  parent string 3.2+
  kind string 3.2+

Reference
  $ref! string
  summary string 3.1+
  description string 3.1+

Discriminator
  propertyName! string
  mapping {string}
  defaultMapping string 3.2+

XML
  nodeType string 3.2+
  name string
  namespace string
  prefix string
  attribute boolean
  wrapped boolean

Security Scheme
  type! string
  description string
  name string
  in string
  scheme string
  bearerFormat string
  flows OAuth Flows
  openIdConnectUrl string
  oauth2MetadataUrl string 3.2+
  deprecated boolean 3.2+

OAuth Flows
  implicit OAuth Flow
  password OAuth Flow
  clientCredentials OAuth Flow
  authorizationCode OAuth Flow
  deviceAuthorization OAuth Flow 3.2+

OAuth Flow
  authorizationUrl string
  deviceAuthorizationUrl string 3.2+
  tokenUrl string
  refreshUrl string
  scopes! {string}

Schema
  $ref string 3.1+
  $id string 3.1+
  $schema string 3.1+
  $anchor string 3.1+
  $dynamicRef string 3.1+
  $dynamicAnchor string 3.1+
  $comment string 3.1+
  $vocabulary {boolean} 3.1+
  $defs {Schema} 3.1+
  definitions {Schema} 3.1+
  title string
  description string
  type type
  const any 3.1+
  enum [any]
  default any
  example any
  examples [any] 3.1+
  format string
  nullable boolean 3.0
  multipleOf positive
  maximum number
  exclusiveMaximum boolean 3.0
  exclusiveMaximum number 3.1+
  minimum number
  exclusiveMinimum boolean 3.0
  exclusiveMinimum number 3.1+
  maxLength count
  minLength count
  pattern string
  maxItems count
  minItems count
  uniqueItems boolean
  contains Schema 3.1+
  maxContains count 3.1+
  minContains count 3.1+
  maxProperties count
  minProperties count
  required [string]
  dependentRequired {[string]} 3.1+
  dependencies any 3.1+
  allOf [Schema|Reference]
  oneOf [Schema|Reference]
  anyOf [Schema|Reference]
  not Schema|Reference
  if Schema 3.1+
  then Schema 3.1+
  else Schema 3.1+
  dependentSchemas {Schema} 3.1+
  items Schema|Reference
  prefixItems [Schema] 3.1+
  additionalItems Schema 3.1+
  properties {Schema|Reference}
  patternProperties {Schema} 3.1+
  propertyNames Schema 3.1+
  additionalProperties Schema|Reference|boolean
  unevaluatedItems Schema 3.1+
  unevaluatedProperties Schema 3.1+
  contentEncoding string 3.1+
  contentMediaType string 3.1+
  contentSchema Schema 3.1+
  discriminator Discriminator
  readOnly boolean
  writeOnly boolean
  xml XML
  externalDocs External Documentation
  deprecated boolean
"""
