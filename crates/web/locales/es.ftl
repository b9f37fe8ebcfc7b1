somebody = Alguien
role-owner = propiedad
role-moderator = moderación
role-leader = coordinación

open-title = { $person } le invita a { $group }
open-roles = Su función en el grupo: { $roles }.
open-until = Válida hasta el { $date } (UTC).
note-by = Mensaje de { $person }:
about = Sobre el grupo
accept = Aceptar
accept-as = Aceptar como { $name }
decline = Rechazar

enrol-title = Aceptar y abrir una cuenta
enrol-text = Con la contraseña y la dirección a la que se envió esta invitación podrá iniciar sesión más adelante.
enrol-button = Aceptar y unirse
name-label = Su nombre
password-label = Elija una contraseña
password-hint = Al menos 10 caracteres.

other-title = Tengo una cuenta con otra dirección
other-text = Escriba su dirección. Allí se enviará un correo con un enlace para aceptar la invitación con esa cuenta.
other-label = Dirección de correo de la cuenta
other-button = Enviar el enlace
other-sent-title = Mire su correo
other-sent-text = Si hay una cuenta con esta dirección, un correo con un enlace está en camino. El enlace sirve durante media hora.

never-title = No más invitaciones
never-text = Nadie se entera. Puede deshacerlo aquí.
never-group = Ninguna más de { $group }
never-person = Ninguna más de { $person }
never-everyone = Ninguna más de nadie
refusing-title = Ya no recibe esas invitaciones
refusing-text = Ha rechazado más invitaciones. No se ha avisado a nadie.
allow = Permitirlas de nuevo

member-title = Ya forma parte de { $group }
member-text = ¡Bienvenida, bienvenido! No tiene que hacer nada más.
waiting-title = Está en la lista de espera de { $group }
waiting-text = Ahora no hay sitio. En cuanto lo haya, formará parte del grupo y recibirá un correo.
declined-title = Ha rechazado la invitación
declined-text = Si cambia de opinión, pida a { $person } otra invitación.
expired-title = Esta invitación ha caducado
expired-text = Pida a { $person } otra invitación.
revoked-title = Esta invitación se ha retirado
revoked-text = Si cree que es un error, pregunte a { $person }.
used-title = Esta invitación ya se ha usado
used-text = Si desea volver a unirse, pida a { $person } una invitación.
closed-title = { $group } no admite a nadie por ahora
closed-text = Pregunte a { $person } o inténtelo más tarde.
full-title = { $group } y su lista de espera están llenos
full-text = Pregunte a { $person } o inténtelo más tarde.
mismatch-title = Esta invitación es para otra dirección
mismatch-text = El grupo solo admite la cuenta que tiene la dirección invitada.
stale-title = Este enlace sirve solo durante media hora
stale-text = Abra de nuevo el primer correo y pida allí otro enlace.
wrong-title = No existe esa invitación
wrong-text = Puede que la dirección esté incompleta. Abra otra vez el enlace del correo.
busy-title = No ha funcionado
busy-text = Inténtelo de nuevo dentro de un momento.
often-title = Ya es suficiente por ahora
often-text = Espere una hora antes de pedir otro enlace.

error-title = Revise lo siguiente
error-name = Escriba su nombre: de 1 a 120 caracteres.
error-password = Elija una contraseña de al menos 10 caracteres.
error-address = Escriba una dirección de correo, por ejemplo nombre@example.org.

back = Volver a la invitación
languages = Idioma
unsubscribed = Ya no recibe invitaciones.
