SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // Else the document would be sent to a service on the internet to be checked.
  validatorUrl: null,
});
