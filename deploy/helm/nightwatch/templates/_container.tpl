{{/* Environment variables, each name once: of two entries with one name the later counts, in the place of the first.
Call with a list of entries. */}}
{{- define "nightwatch.environment" -}}
{{- $byName := dict }}
{{- $names := list }}
{{- range . }}
{{- if not (hasKey $byName .name) }}
{{- $names = append $names .name }}
{{- end }}
{{- $_ := set $byName .name . }}
{{- end }}
{{- $entries := list }}
{{- range $names }}
{{- $entries = append $entries (get $byName .) }}
{{- end }}
{{- toYaml $entries }}
{{- end }}

{{/* What all pods have in common. */}}
{{- define "nightwatch.podSpec" -}}
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- end }}

{{/* What all containers have in common. */}}
{{- define "nightwatch.container" -}}
name: nightwatch
image: {{ include "nightwatch.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Whether there is a file that Node adds to the authorities which it trusts, for the database and Redis alike. */}}
{{- define "nightwatch.authorities.given" -}}
{{- or .Values.certificateAuthorities.secret .Values.certificateAuthorities.configMap }}
{{- end }}

{{- define "nightwatch.authorities.environment" -}}
{{- if include "nightwatch.authorities.given" . -}}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/nightwatch/authorities/ca.crt
{{- end }}
{{- end }}

{{- define "nightwatch.authorities.mount" -}}
{{- if include "nightwatch.authorities.given" . -}}
- name: authorities
  mountPath: /etc/nightwatch/authorities
  readOnly: true
{{- end }}
{{- end }}

{{- define "nightwatch.authorities.volume" -}}
{{- if include "nightwatch.authorities.given" . -}}
- name: authorities
  {{- with .Values.certificateAuthorities }}
  {{- if .secret }}
  secret:
    secretName: {{ quote .secret }}
  {{- else }}
  configMap:
    name: {{ quote .configMap }}
  {{- end }}
    items:
      - key: {{ quote .key }}
        path: ca.crt
  {{- end }}
{{- end }}
{{- end }}
