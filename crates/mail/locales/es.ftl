somebody = Alguien
greeting = Hola, { $name }:
greeting-nameless = Hola:
footer = Este correo lo ha enviado { $installation }.
note-by = Mensaje de { $person }:

role-owner = propiedad
role-moderator = moderación
role-leader = coordinación
roles-comma = { ", " }

invitation-subject = { $person } le invita a { $group }
invitation-text = { $person } le invita a unirse al grupo { $group }.
invitation-roles = Su función en el grupo: { $roles }.
invitation-until = La invitación es válida hasta el { $date } (UTC).
invitation-button = Ver la invitación
invitation-ignore = Si no desea unirse, no tiene que hacer nada.
invitation-stop = No recibir más invitaciones

reminder-subject = Su invitación a { $group } termina el { $date }
reminder-text = { $person } le ha invitado a unirse al grupo { $group } y espera su respuesta.

accepted-subject = { $person } ha aceptado su invitación a { $group }
accepted-text = { $person } ha aceptado su invitación a unirse al grupo { $group }.

request-subject = { $person } pide unirse a { $group }
request-text = { $person } pide unirse a su grupo { $group }.
request-next = Usted y las demás personas que dirigen el grupo pueden aprobar o rechazar la solicitud.

approved-subject = Ya forma parte de { $group }
approved-text = Ya forma parte del grupo { $group }.

ownership-subject = { $person } desea traspasarle { $group }
ownership-text = { $person } desea traspasarle el grupo { $group }. Si acepta, el grupo pasa a ser suyo.
ownership-until = La oferta es válida hasta el { $date } (UTC).

sign-in-subject = Unirse a { $group } con su cuenta
sign-in-text = Alguien desea aceptar una invitación al grupo { $group } con su cuenta. Si es usted, abra esta página:
sign-in-until = { $minutes ->
    [one] La página se puede usar durante { $minutes } minuto.
   *[other] La página se puede usar durante { $minutes } minutos.
 }
sign-in-button = Continuar
sign-in-ignore = Si no ha sido usted, no tiene que hacer nada: sin usted no ocurre nada.

server-invitation-subject = { $person } le invita a { $installation }
server-invitation-text = { $person } le invita a crear una cuenta en { $installation }.
server-invitation-ignore = Si no desea una cuenta, no tiene que hacer nada.
