"""The sentence of every error code, in Spanish (the message key). No logic."""

from __future__ import annotations

from reviewtool.web.i18n import mark as _

TITLES: dict[int, str] = {
    400: _("No se pudo entender lo enviado"),
    403: _("No tiene acceso a esta página"),
    404: _("Esta página no existe"),
    405: _("Esta página no existe"),
    409: _("Algo cambió mientras usted trabajaba"),
    413: _("El archivo es demasiado grande"),
    429: _("Demasiados intentos"),
    500: _("Algo falló de nuestro lado"),
    503: _("El sistema está ocupado"),
}

SENTENCES: dict[str, str] = {
    "not-allowed": _("Su función en el grupo no permite este acto."),
    "database-busy": _("Otra persona estaba guardando al mismo tiempo. No se hizo nada; vuelva a intentarlo."),
    "store-busy": _("El archivo de materiales está ocupado. No se hizo nada; vuelva a intentarlo en un momento."),
    "person-unknown": _("Esa persona no existe."),
    "sign-in-unknown": _("Esa sesión ya no está abierta."),
    "code-wrong": _("Ese código no es el de este momento. Espere el siguiente y escríbalo."),
    "code-app-already": _("Ya tiene una aplicación de códigos. Quítela antes de poner otra."),
    "code-app-gone": _("No hay ninguna aplicación de códigos que confirmar o quitar."),
    "factor-missing": _("Los códigos de recuperación acompañan a una aplicación o a una llave: ponga primero una."),
    "passkey-bad": _("No se pudo comprobar la llave. Vuelva a intentarlo desde esta página."),
    "passkey-name": _("Póngale un nombre a la llave, de %(most)s caracteres como máximo."),
    "passkey-many": _("Ya tiene %(most)s llaves. Quite una antes de agregar otra."),
    "passkey-unknown": _("Esa llave ya no está entre las suyas."),
    "passkeys-impossible": _(
        "Aquí no se pueden usar llaves de acceso: quien administra la instalación tiene que fijar su dirección pública."
    ),
    "role-unknown": _("Elija una función: miembro, observador, lector o coordinación."),
    "link-over": _("Ese enlace ya se usó o venció. Pida otro a la coordinación."),
    "provider-away": _(
        "El servicio de esa cuenta no responde ahora. Pruebe dentro de unos minutos, o entre con correo y contraseña."
    ),
    "too-many-waiting": _("Ahora no se puede guardar lo que escribió mientras entra. Entre con correo y contraseña."),
    "sign-on-denied": _("No entró: usted lo canceló o el servicio de esa cuenta no lo permitió."),
    "sign-on-refused": _("No se pudo comprobar quién es. Empiece otra vez; si se repite, avise a la coordinación."),
    "departure-over": _("Ese intento de entrar ya se usó o pasaron más de diez minutos. Empiece otra vez."),
    "identity-unknown": _(
        "Esa cuenta no es de nadie del grupo. Pida una invitación a la coordinación; si ya tiene contraseña, entre con"
        " ella y vincule la cuenta en su perfil."
    ),
    "identity-taken": _("Con esa cuenta ya entra otra persona del grupo. Pregunte a la coordinación."),
    "identity-of-another": _("Esa cuenta no es la que usted tiene vinculada."),
    "identity-only-way": _("Es su única manera de entrar. Pida antes a la coordinación un enlace para una contraseña."),
    "vote-link-of-other": _(
        "Este enlace es de otra persona: está en un correo que se le envió a ella. Nadie más vota con él."
    ),
    "vote-link-used": _("Su puesto ya votó después de que se envió este correo: el enlace sirve una sola vez."),
    "vote-link-over": _("Este enlace venció: sirve durante catorce días."),
    "account-closed": _("Esa cuenta está fuera de uso."),
    "own-account": _(
        "No puede dejar fuera de uso su propia cuenta; tiene que hacerlo otra persona de la coordinación."
    ),
    "email-twice": _("La dirección %(email)s está dos veces en la lista."),
    "list-empty": _("La lista no tiene ninguna persona."),
    "list-too-long": _("La lista pasa de %(most)s personas. Divídala en dos."),
    "list-too-large": _("El archivo es demasiado grande para una lista de personas."),
    "list-not-text": _("Ese archivo no es un texto. En la hoja de cálculo, guárdelo como CSV y envíe ese archivo."),
    "list-unreadable": _("Hay letras que no se pudieron leer. En la hoja de cálculo, guárdela como CSV UTF-8."),
    "list-columns": _("La primera línea de la lista tiene que decir: correo; nombre; administración; función."),
    "record-diverged": _(
        "El registro de P-%(number)s en el archivo no continúa desde esta base de datos. No se hizo nada; avise a "
        "quien administra la instalación."
    ),
    "ground-missing": _("Escriba por qué se retira, en %(most)s caracteres como máximo y sin repetir el dato."),
    "choice-missing": _("Elija una opción de la lista."),
    "day-range": _("Escriba un día de los últimos diez años, hasta hoy."),
    "none-chosen": _("Elija al menos una propuesta."),
    "withdrawn-already": _("Ese texto ya se retiró por confidencialidad."),
    "withdrawal-unknown": _("No hay nada que retirar con ese número."),
    "withdrawal-published": _(
        "El texto de esa versión es el vigente y no se retira así. Proponga su corrección; para borrarlo también del "
        "historial hace falta quien administra la instalación."
    ),
    "version-withdrawn": _(
        "El texto de la versión más reciente de P-%(number)s se retiró por confidencialidad. Su proponente tiene que "
        "presentar otra."
    ),
    "comment-withdrawn": _("Ese comentario se retiró por confidencialidad y ya no se cambia."),
    "name-bad": _("Escriba el nombre: hasta 200 caracteres, sin signos especiales."),
    "email-bad": _("Escriba una dirección de correo válida, como nombre@aduana.gob."),
    "email-taken": _("Ya hay una cuenta con la dirección %(email)s."),
    "administration-unknown": _("La administración «%(administration)s» no figura en el grupo."),
    "password-length": _("La contraseña debe tener entre %(least)s y %(most)s caracteres."),
    "password-common": _(
        "Esa contraseña está entre las primeras que alguien probaría. Elija otra: tres o cuatro palabras sin relación "
        "entre sí son fáciles de recordar."
    ),
    "language-unknown": _("Elija uno de los idiomas de la lista."),
    "timezone-unknown": _("Elija una de las zonas horarias de la lista."),
    "proposal-unknown": _("La propuesta P-%(number)s no existe."),
    "revision-unknown": _("La propuesta P-%(number)s no tiene una versión %(revision)s."),
    "merging-now": _("P-%(number)s se está incorporando en este momento. Espere unos segundos y vuelva a mirar."),
    "draft-unknown": _("Ese borrador no existe o ya se presentó."),
    "draft-file-unknown": _("Ese documento no está en el borrador."),
    "draft-file-new": _("Un documento nuevo no se suprime: quítelo de la propuesta."),
    "draft-saved-elsewhere": _("Este borrador se guardó desde otra ventana después de que usted abrió esta."),
    "document-changed": _(
        "El texto vigente cambió mientras usted escribía. Se combinaron los dos; revise los pasajes señalados y "
        "presente de nuevo."
    ),
    "document-unknown": _("El documento «%(path)s» no está en los materiales."),
    "document-not-editable": _("«%(path)s» no se puede editar aquí."),
    "document-too-large": _("El documento pasa de %(kilobytes)s kB. Divídalo en dos."),
    "file-too-large": _("El archivo pasa de %(megabytes)s MB."),
    "word-too-large": _("El archivo pasa de %(megabytes)s MB."),
    "word-old": _(
        "El archivo es de una versión antigua de Word (.doc). Ábralo en Word, guárdelo como documento de Word (.docx) "
        "y vuelva a enviarlo."
    ),
    "word-encrypted": _("El archivo está protegido con contraseña. Guárdelo sin contraseña y vuelva a enviarlo."),
    "word-macros": _(
        "El archivo contiene macros. Guárdelo como documento de Word (.docx) sin macros y vuelva a enviarlo."
    ),
    "word-unknown": _("El archivo no es un documento de Word (.docx)."),
    "word-broken": _(
        "El archivo está dañado o incompleto. Ábralo en Word, guárdelo con otro nombre y vuelva a enviarlo."
    ),
    "word-entities": _("El archivo contiene partes que un documento de Word no lleva. No se abrió."),
    "word-inflates": _(
        "El archivo es demasiado grande por dentro. No se abrió. Divídalo en dos o quite lo que no es texto."
    ),
    "word-overlap": _(
        "Dos cambios del archivo caen sobre las mismas palabras («%(quote)s») y uno se perdería. No se hizo nada; "
        "acepte los cambios en Word, guarde el archivo y vuelva a enviarlo."
    ),
    "file-empty": _("El archivo está vacío."),
    "file-type": _("Se admiten archivos PDF, DOCX y XLSX, e imágenes PNG, JPEG, WebP y GIF. Este es de otro tipo."),
    "file-type-materials": _(
        "En los materiales se admiten imágenes, documentos PDF, DOCX y XLSX, y textos. Este archivo es de otro tipo."
    ),
    "file-other-type": _("El contenido del archivo no es del tipo que dice su nombre, o el del archivo que reemplaza."),
    "file-old-office": _(
        "Es un archivo de un formato anterior de Office. Guárdelo como DOCX, XLSX o PDF y envíelo otra vez."
    ),
    "file-protected": _("El archivo está protegido con contraseña. Quítela y envíelo otra vez."),
    "file-runs": _(
        "El archivo contiene macros, programas u objetos incrustados, o trae algo de otro lugar al abrirse. Quítelos, "
        "o imprímalo como PDF, y envíelo otra vez."
    ),
    "file-broken": _("El archivo está dañado o incompleto. Ábralo, guárdelo de nuevo y envíelo otra vez."),
    "file-swells": _("El archivo ocuparía demasiado al abrirse. Divídalo o redúzcalo."),
    "picture-type": _("Se admiten imágenes PNG, JPEG, WebP y GIF, y dibujos SVG. Este archivo es de otro tipo."),
    "picture-broken": _("La imagen está dañada o incompleta. Guárdela de nuevo y envíela otra vez."),
    "picture-too-large": _("La imagen tiene más de %(most)s millones de puntos. Redúzcala y envíela otra vez."),
    "picture-moves": _("Una imagen con movimiento no se admite. Envíe una que esté quieta."),
    "drawing-broken": _(
        "El dibujo SVG está dañado o no se puede leer sin riesgo. Guárdelo como PNG y envíelo otra vez."
    ),
    "attaching-not-yours": _("Adjunta archivos quien escribió el comentario o la propuesta, y la coordinación."),
    "attachments-many": _("Aquí ya hay %(most)s archivos adjuntos: no se admiten más."),
    "attachment-unknown": _("Ese archivo adjunto no existe o se retiró."),
    "alternative-missing": _("Escriba qué se ve en la imagen, o marque que solo adorna."),
    "draft-file-goes": _("Este borrador suprime el documento: no se le puede poner una imagen."),
    "extension-changes": _("El nombre tiene que seguir terminando igual: «%(extension)s»."),
    "text-not-utf8": _("El archivo no es un texto que se pueda leer. Guárdelo con codificación UTF-8."),
    "word-too-long": _("El archivo pasa de %(most)s palabras. Envíelo por partes."),
    "word-no-base": _(
        "El archivo no dice de qué documento viene. Envíelo desde la página de ese documento o de su propuesta; si la "
        "propuesta tiene varios, descargue aquí el que va a corregir y trabaje sobre ese archivo."
    ),
    "word-is-sheet": _(
        "Es la hoja «Para consulta interna», que no se devuelve. Descargue el documento y ponga allí los cambios."
    ),
    "word-lost-job": _("La lectura del archivo se interrumpió varias veces. Vuelva a intentarlo."),
    "word-slow": _("Leer el archivo llevó demasiado tiempo. Vuelva a intentarlo o divídalo en dos."),
    "word-heavy": _("Leer el archivo necesitó demasiada memoria. Vuelva a intentarlo o divídalo en dos."),
    "word-not-read": _("El archivo todavía no se leyó."),
    "word-nothing-again": _("El archivo ya se leyó o se está leyendo."),
    "word-upload-unknown": _("Ese archivo no existe o ya se borró: se guarda un día. Envíelo otra vez."),
    "word-nothing": _("Marque al menos un cambio. Los comentarios solos se envían desde la página de una propuesta."),
    "document-no-word": _("«%(path)s» no es un documento de texto: se descarga como está, no en Word."),
    "file-missing": _("Elija un archivo de su equipo."),
    "name-of-file": _("Escriba un nombre de archivo sin barras; la carpeta va aparte."),
    "path-taken": _("Ya hay un documento en «%(path)s»."),
    "bad-path": _("Ese nombre no sirve: use letras, números, guiones y puntos, sin signos especiales."),
    "materials-empty": _("Todavía no hay materiales."),
    "text-bad": _("El texto contiene caracteres que no se pueden guardar."),
    "text-too-long": _("El texto pasa de %(most)s caracteres."),
    "kind-unknown": _("Elija la clase de cambio."),
    "title-missing": _("Escriba un título de 200 caracteres como máximo."),
    "reason-missing": _("Escriba el motivo."),
    "nothing-changed": _("El borrador no cambia nada todavía."),
    "number-bad": _("Escriba un número."),
    "act-unknown": _("Vuelva atrás y elija qué desea hacer."),
    "password-current": _("La contraseña actual no es correcta."),
    "not-your-proposal": _("P-%(number)s no es una propuesta suya."),
    "text-frozen": _(
        "El texto de P-%(number)s no cambia mientras la votación está abierta. Puede pedir a la coordinación que la "
        "suspenda."
    ),
    "state-forbids": _("La propuesta ya no admite este acto: su estado cambió."),
    "comment-empty": _("Escriba el comentario."),
    "comment-unknown": _("Ese comentario no existe."),
    "comment-of-other": _("Solo quien escribió el comentario puede cambiarlo."),
    "note-changed": _("Alguien de su puesto cambió la nota mientras usted la escribía. Las dos están abajo."),
    "comment-changed": _("Este comentario cambió mientras usted lo editaba. Su texto está abajo."),
    "mail-unknown": _("Ese correo no existe."),
    "thread-unknown": _("Esa conversación no existe."),
    "thread-not-yours": _("La da por resuelta quien la abrió, el proponente o la coordinación."),
    "thread-is-objection": _("Es una objeción formal: la retira quien la presentó."),
    "quote-not-found": _("El fragmento citado no se encontró en el texto. Cópielo tal como está en la página."),
    "quote-too-long": _("El fragmento citado es demasiado largo: cite %(most)s caracteres como máximo."),
    "suggestion-needs-passage": _("Para sugerir un texto, cite primero el fragmento que reemplaza."),
    "suggestion-unknown": _("Esa sugerencia no existe."),
    "suggestion-applied": _("La sugerencia ya está en la versión %(revision)s."),
    "suggestion-declined": _("Quien propone ya respondió que no acepta esta sugerencia."),
    "suggestion-in-draft": _("La sugerencia ya está en su borrador de la próxima versión."),
    "passage-changed": _("Ese pasaje cambió en su borrador desde que abrió esta página. Vuelva a mirarlo."),
    "text-empty": _("Escriba el texto del pasaje."),
    "everybody-voted": _("Todos los puestos se han pronunciado sobre P-%(number)s: no falta nadie."),
    "reminded-today": _("A los puestos que faltan en P-%(number)s ya se les recordó en las últimas 24 horas."),
    "split-nothing": _("Marque al menos un cambio."),
    "split-all": _("Deje al menos un cambio sin marcar: si los marca todos, no queda nada en esta propuesta."),
    "split-undoing": _("Un borrador que deshace una propuesta no se separa."),
    "draft-changed": _("El texto de este borrador cambió desde que abrió esta página. Revise otra vez qué separa."),
    "no-suggestion-chosen": _("Marque al menos una sugerencia."),
    "suggestion-adopted": _("Alguien ya hizo suya esta sugerencia."),
    "suggestion-outdated": _("El fragmento cambió desde que se sugirió este texto: aplíquelo a mano."),
    "suggestion-lost": _("El fragmento de la sugerencia ya no está en el texto: aplíquela a mano."),
    "early-reason-missing": _("La consulta sigue abierta: escriba por qué se abre antes la votación."),
    "days-range": _("Escriba entre %(least)s y %(most)s días hábiles."),
    "closing-range": _("El cierre debe estar entre mañana y dentro de cuatro meses."),
    "roll-empty": _("Nadie podría votar: no hay puestos ocupados."),
    "too-early": _("Todavía puede cambiar el resultado: faltan %(waiting)s puestos por pronunciarse."),
    "ballot-closed": _("La votación de P-%(number)s ya cerró."),
    "ballot-went-on": _(
        "El texto de P-%(number)s cambió mientras tanto: ahora se vota la versión %(revision)s. Lea lo que cambió "
        "antes de votar; lo que usted escribió se conserva."
    ),
    "meeting-consulting": _("P-%(number)s sigue en consulta: se decide cuando termine."),
    "ballot-other": _("Se abrió otra votación de P-%(number)s. Lea el texto de nuevo antes de votar."),
    "second-call-once": _("P-%(number)s ya tuvo su segunda convocatoria, o no le faltó quórum."),
    "override-never": _("Las reglas del grupo no permiten seguir adelante con una objeción formal abierta."),
    "decide-first": _("P-%(number)s espera: se decide primero P-%(first)s."),
    "order-itself": _("Una propuesta no puede esperar por sí misma."),
    "order-circle": _("P-%(first)s ya espera por P-%(number)s: las dos no pueden esperarse."),
    "form-separated": _("P-%(number)s ya se separó de una lista: se decide por el procedimiento habitual."),
    "form-own-rules": _("P-%(number)s toca documentos que tienen reglas propias."),
    "form-waits": _("P-%(number)s espera otra versión u otra propuesta."),
    "form-not-only": _("P-%(number)s cambia más que la forma: palabras, cifras, referencias, negaciones o enlaces."),
    "form-newer": _("P-%(number)s tiene una versión más nueva. Léala antes de anunciarla."),
    "not-in-a-list": _("P-%(number)s no está en una lista de correcciones de forma."),
    "voted-meanwhile": _("Su puesto ya se pronunció. Abra la propuesta si quiere cambiar el voto."),
    "position-missing": _("Elija una posición."),
    "stance-missing": _("Elija un parecer."),
    "vote-reason-missing": _("Escriba el motivo: esta posición lo exige."),
    "ad-referendum-for": _("Ad referéndum solo se puede votar a favor."),
    "attendance-missing": _("Marque qué puestos asistieron."),
    "not-attended": _("Marque la asistencia de este puesto, o deje su posición a favor y sin motivo."),
    "meeting-silence": _(
        "P-%(number)s se decide por silencio: quien no está de acuerdo lo interrumpe, y entonces puede abrirse una "
        "votación y decidirse en una reunión."
    ),
    "coauthor-missing": _("Elija a otro miembro del grupo que no esté ya invitado."),
    "coauthor-invitation-over": _("Esa invitación a la coautoría ya no está abierta."),
    "proposer-missing": _("Elija a quien la envió: otro miembro del grupo, que lo sea todavía."),
    "version-meanwhile": _(
        "Mientras se escribía este borrador se presentó la versión %(revision)s de P-%(number)s. Sus cambios se "
        "unieron al borrador, que sigue sin presentar: léalo y presente de nuevo."
    ),
    "passages-open": _("Quedan pasajes donde su borrador y otra versión cambiaron lo mismo: resuélvalos y presente."),
    "whose-missing": _("Elija a quien lo envió: un miembro o un observador del grupo."),
    "channel-unknown": _("Elija cómo se recibió."),
    "designation-missing": _("Escriba la referencia, en %(most)s caracteres en total como máximo."),
    "role-bad": _("Elija una función de la lista; la de miembro va unida a un puesto."),
    "term-unknown": _("Esa designación no existe."),
    "term-over": _("Esa función ya había terminado."),
    "term-range": _("Escriba un día desde hoy, o desde que empezó la función, y a menos de dos años."),
    "term-order": _("El último día no puede ser anterior al primero."),
    "term-overlaps": _("%(name)s ya tiene esa función en esos días."),
    "holds-a-seat": _("%(name)s ocupa en esos días el puesto %(seat)s: termine antes esa designación."),
    "seat-taken": _("%(name)s ocupa ese puesto en esos días: termine antes esa designación."),
    "seat-elsewhere": _("Elija un puesto de la administración de %(name)s."),
    "titular-or-alternate": _("Elija si es titular o suplente."),
    "no-such-seat": _("Elija un puesto de la lista."),
    "absence-over": _("Esos días ya pasaron."),
    "absence-long": _("Una ausencia dura un año como máximo."),
    "absence-twice": _("Ya hay una ausencia anotada en esos días."),
    "absence-unknown": _("Esa ausencia no existe."),
    "certified-since": _("Escriba desde cuándo."),
    "certified-future": _("Escriba un día que no esté en el futuro."),
    "still-in-use": _("La cuenta está en uso. Déjela antes fuera de uso."),
    "erased-already": _("Los datos de esa cuenta ya se borraron."),
    "coordination-needed": _("El grupo se quedaría sin coordinación: designe antes a otra persona."),
    "reference-missing": _("Escriba el número o la referencia de lo recibido."),
    "seat-unknown": _("Ese puesto no figura en la votación."),
    "no-seat": _("Usted no ocupa un puesto con voto."),
    "no-seat-on-roll": _("Usted no figura entre los puestos de esta votación."),
    "author-does-not-vote": _("Quien propone no vota su propia propuesta."),
    "titular-voted": _("El titular del puesto ya votó: su voto prevalece."),
    "nothing-to-confirm": _("No hay un voto suyo por confirmar en P-%(number)s."),
    "not-a-silence": _("No hay un procedimiento de silencio que interrumpir en P-%(number)s."),
    "revision-newer": _("P-%(number)s tiene una versión más nueva. Léala antes de seguir."),
    "extension-once": _("Ya se pidió una prórroga en P-%(number)s desde este puesto."),
    "objection-open": _("Este puesto ya tiene una objeción formal abierta en P-%(number)s."),
    "objection-reason-missing": _("Escriba el motivo de la objeción."),
    "objection-unknown": _("Esa objeción no existe."),
    "objection-of-other-seat": _("La retira quien ocupa el puesto que la presentó."),
    "objection-lifted": _("La objeción ya fue retirada."),
    "objection-holds": _("Una objeción formal abierta impide incorporar P-%(number)s."),
    "merged-already": _("P-%(number)s ya está incorporada."),
    "not-merged": _("P-%(number)s no está incorporada."),
    "not-approved": _("La versión vigente de P-%(number)s no está aprobada."),
    "merge-own": _("Usted propuso P-%(number)s: la incorpora otra persona de la coordinación."),
    "merge-woven": _(
        "El texto vigente cambió en un párrafo que P-%(number)s también cambia. El texto combinado no es el que se "
        "votó: hace falta una nueva versión."
    ),
    "merge-conflict": _("El texto vigente y P-%(number)s cambian las mismas palabras: hace falta una nueva versión."),
    "merge-waiting": _(
        "P-%(number)s quedó lista para incorporarse y se terminará sola en cuanto el archivo de materiales esté libre."
    ),
    "merge-busy": _("Otras incorporaciones llegaron antes. Vuelva a incorporar P-%(number)s."),
    "edition-name": _("Escriba un nombre para la edición, de %(most)s caracteres como máximo."),
    "edition-waiting": _("«%(name)s» quedó lista y se publicará sola en cuanto el archivo de materiales esté libre."),
    "edition-taken": _("Ya hay una edición con ese nombre."),
    "edition-unknown": _("Esa edición no existe."),
    "record-moved": _("El registro se está escribiendo en este momento. Vuelva a intentarlo."),
    "bad-commit": _("Esa dirección no corresponde a un estado del texto."),
    "no-commit": _("Ese estado del texto no existe."),
    "store-missing": _("No se encuentra el archivo de materiales. Avise a quien administra el sistema."),
    "store-owner": _("El archivo de materiales pertenece a otro usuario. Avise a quien administra el sistema."),
    "store-full": _("No queda espacio en el disco. No se hizo nada; avise a quien administra el sistema."),
    "store-read-only": _("El archivo de materiales no admite cambios. Avise a quien administra el sistema."),
    "store-damaged": _("El archivo de materiales está dañado. Avise a quien administra el sistema."),
    "store-failed": _("El archivo de materiales no responde. Avise a quien administra el sistema."),
    "state-unknown": _("Ese estado de los materiales no existe o nunca se publicó."),
    "block-changed": _("Este bloque cambió mientras usted lo editaba. No se guardó nada; su texto está abajo."),
    "block-empty": _("Escriba el texto del bloque. Para suprimirlo, pulse «Quitar el bloque»."),
    "block-unknown": _("El documento no tiene ese pasaje: quizá cambió entretanto."),
    "no-request": _("Nadie espera respuesta a una solicitud de prórroga en P-%(number)s."),
    "date-ahead": _("La fecha en que se recibió no puede estar en el futuro."),
    "date-bad": _("Escriba una fecha, como 2026-06-05."),
    "closing-not-working": _("El cierre debe ser un día hábil del grupo."),
    "closing-holiday": _("Ese día es feriado para alguna administración: confirme si se mantiene el cierre."),
    "rules-unknown": _("Esas reglas no existen."),
    "rules-changed": _(
        "Alguien cambió las reglas mientras usted las editaba. Compare con las de ahora antes de guardar."
    ),
    "effective-range": _("Escriba un día desde hoy hasta dentro de dos años."),
    "approval-missing": _("Escriba dónde las aprobó el grupo, en %(most)s caracteres como máximo."),
    "zone-of-file": _("La zona horaria del grupo se fija en la instalación y es %(zone)s."),
    "whole-range": _("Escriba un número entero entre %(least)s y %(most)s."),
    "days-out-of-range": _("Escriba entre %(least)s y %(most)s días hábiles, no %(value)s."),
    "no-seats": _("Nadie ocupa todavía un puesto con voto."),
    "certified-negative": _("El número de instructores certificados no puede ser negativo."),
    "certified-above-roll": _(
        "Se piden %(needed)s instructores expertos certificados y hay %(available)s: no se aprobaría nada."
    ),
    "quorum-above-roll": _("El quórum pide %(needed)s puestos y hay %(seats)s: nunca se alcanzaría."),
    "quorum-below-one": _("El quórum es al menos un puesto; si no hace falta, elija «Sin quórum»."),
    "share-not-positive": _("Esa fracción de los puestos no sirve."),
    "silence-with-quorum": _("En un procedimiento de silencio no hay quórum."),
    "silence-with-certified": _(
        "En un procedimiento de silencio nadie vota a favor: no se piden instructores certificados."
    ),
    "bad-rules": _("Esas reglas no se pueden leer."),
    "rules-file-empty": _("El archivo no tiene la sección «%(section)s»."),
    "holiday-line": _(
        "Línea %(line)s: escriba la fecha, como 2026-09-18; el nombre del día, tras un punto y coma; y tras otro, "
        "los códigos de las administraciones si no es de todas."
    ),
    "closing-time-bad": _("Escriba una hora, como 17:00."),
    "preset-unknown": _("Elija uno de los procedimientos de la lista."),
}
